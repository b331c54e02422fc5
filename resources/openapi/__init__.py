"""Owns the description of the API: the OpenAPI document, and the pages that are made for people to read it.

Never describes what isn't declared: everything is generated from the declarations of the resources.
Called by resources/app.py.
"""
