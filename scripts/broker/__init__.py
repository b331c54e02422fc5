"""Owns private RabbitMQ brokers: one for a test, a rig or an afternoon, on loopback, gone afterwards.

Never touches a broker that somebody else runs, nor the machine's own Erlang port mapper.
Called by ``python -m scripts.broker``, by tests and by rigs that need the full profile.
"""
