"""The document, undo, jobs and verbs behind the window: QtCore and QtGui only, draws nothing."""
