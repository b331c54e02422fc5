"""Owns the trial of the pages in a real browser, without JavaScript, at an exchange that it starts itself.

Never part of ``make test``, which needs no browser.
Called by ``make browse``.
"""
