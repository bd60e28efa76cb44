"""DICOM series: headers, pixels, and the stacks that slices form."""
