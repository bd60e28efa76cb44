"""What is given on the command line, for several commands: pairs of images, looks of pictures, studies."""
