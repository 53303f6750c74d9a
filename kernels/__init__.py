"""Compute kernels. Each sub-folder is one operation: public function, torch reference, fast backends."""
