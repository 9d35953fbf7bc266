"""Streamlit scripts: read the widgets, call the core, render."""
