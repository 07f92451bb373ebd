"""What in a trace are sums of products: found over arrays, and one by one."""
