"""The charts of the page and of the pictures, as Vega-Lite and Vega specifications, a module a chart.

Colours and fonts come from `reporting.theme`. Charts of several rows have two parameters, `one` and `other`: the names
of the highlighted rows, which selects on the page change.
"""
