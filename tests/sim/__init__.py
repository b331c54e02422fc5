"""Owns the simulator: the whole exchange in one thread, where a seed draws the work and the faults.

Never holds a switch that product code knows of; never uses a clock or chance of its own.
Called by ``python -m tests.sim`` (``make sim``) and by pytest.
"""
