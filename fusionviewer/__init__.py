"""fusionviewer fuses a head CT with an MRI, and says how far the result can be believed.

Not a medical device: for research, not for diagnosis or treatment.
"""

from fusionviewer.version import __version__ as __version__
