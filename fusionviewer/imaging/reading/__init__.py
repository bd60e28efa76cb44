"""Libraries read foreign files in a child process: if one makes them crash, hang or take all memory, it dies."""
