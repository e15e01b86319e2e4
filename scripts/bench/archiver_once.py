"""torch-model-archiver's own command line, and then its peak of memory in bytes."""

import sys

from model_archiver.model_packaging import generate_model_archive

generate_model_archive()
try:
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(peak if sys.platform == 'darwin' else peak * 1024)
except ImportError:  # Windows
    print(0)
