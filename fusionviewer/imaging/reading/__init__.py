"""Foreign files are read in a child process: if one makes a reader crash, hang or take all memory, the child dies."""
