"""Commands: what goes back to the DICOM archive."""
