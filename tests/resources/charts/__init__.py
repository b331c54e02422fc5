"""Owns the tests of the charts.

Never looks at a picture: what is drawn is parsed as XML.
Called by pytest.
"""
