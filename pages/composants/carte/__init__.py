"""The drawing map: a Streamlit component on Leaflet, and the routes that feed it."""
