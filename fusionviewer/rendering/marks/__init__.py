"""Marks over pictures: landmarks, targets, distances, contours and letters."""
