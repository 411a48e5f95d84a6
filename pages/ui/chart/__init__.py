"""How a chart looks: colours, figures, and the charts that more than one page shows.

Others use: beside, beside_panel, charts, control, figure, palette, ratio_charts.
"""
