"""Compute kernels. Each sub-folder is one operation: its public function, a torch reference, fast backends."""
