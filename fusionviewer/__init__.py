"""fusionviewer fuses a head CT with an MRI, and says how far the result can be believed.

Not a medical device: for research, not for diagnosis or treatment.
"""

__version__ = "0.1.0"
