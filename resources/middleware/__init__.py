"""Owns the middleware of the web: components around an ASGI application, each usable alone.

Never knows the exchange, nor Falcon; what a component needs to be told it is given.
Called by resources/app.py, which puts them around the application in the order of stack.py.
"""
