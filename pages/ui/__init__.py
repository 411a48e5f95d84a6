"""The only code that knows streamlit, folium and plotly."""
