"""Widgets: they show, and call verbs; they decide nothing."""
