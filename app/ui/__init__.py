"""The user interface: ``app`` lays out, ``handlers`` call the service, ``view`` turns results into text."""
