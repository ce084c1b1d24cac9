# SPDX-License-Identifier: Apache-2.0
"""What the scripts beside the platform share, a module a subject."""
