"""DICOM back to the archive: registrations, aligned series and fused colour series, and registrations read."""
