"""The guide in a window of the program: its pages, how they look, and the window around them."""
