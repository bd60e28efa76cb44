"""The series browser: which series of a DICOM folder the two images are."""
