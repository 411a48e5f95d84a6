"""The only code that knows streamlit, folium, plotly, matplotlib and pptx: one room a page, and what pages share."""
