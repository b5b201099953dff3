"""An app of Django with Persian objects, for the tests of the adapters to Django's search layers.

The first import configures Django for the process.
"""

from .site import set_up

set_up()
