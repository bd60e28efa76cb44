"""The 3D view's pictures: a skull or a head, its planes and marks, drawn by the processor alone."""
