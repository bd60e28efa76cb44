"""Widgets: they show, and call commands; they decide nothing."""
