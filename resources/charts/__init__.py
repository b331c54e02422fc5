"""Owns the charts: pictures of prices as SVG that stands alone, in a light and in a dark room.

Never reads a document or answers a request: each chart is a pure function from figures to bytes.
Called by the resources of what trades.
"""
