"""The program's version, on the lowest floor, where every other floor may ask for it."""

__version__ = "0.1.0"
