"""Owns the tests of private brokers: what is found or installed, and what runs and is gone afterwards.

Never tests the log at a broker (tests/rabbit).
Called by pytest.
"""
