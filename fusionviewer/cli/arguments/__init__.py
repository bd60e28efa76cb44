"""What is given on the command line, for several commands: images, looks of pictures, studies, folders for results."""
