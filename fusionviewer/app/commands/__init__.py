"""What a user can do, one module for each subject; each function takes the workspace, or the whole context."""
