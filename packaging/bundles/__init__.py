"""What packaging/build.py makes: the standalone folder, and the packages that install it."""
