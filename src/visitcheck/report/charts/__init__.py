"""Charts as geometry: numbers to coordinates here, coordinates to SVG in `templates/charts.html.j2`.

Coordinates have at most one decimal, so that the same figures give the same bytes on any machine.
"""
