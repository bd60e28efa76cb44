"""The document, undo, jobs and commands behind the window: QtCore and QtGui only, draws nothing."""
