# Fast paths of the hot rows: value and local gradients on C doubles.
#
# The table in engine/ops stays the one truth. A fast path does the same operations in the same order, in the
# ordinary case only: it declines (by returning 0) wherever Python would raise or the table takes care of a special case, and
# then the table's own functions are called. When the module is imported, each is held against the table at the
# points at which the row is tested (agrees() in _value_rows.pxi); one that gives other bits is not used.

cdef enum:
    NO_KERNEL
    ADD
    SUB
    MUL
    DIV
    NEG
    ABS
    EXP
    LOG
    SQRT
    TANH
    SIGMOID
    RELU
    POWER                    # of a constant exponent
    SUM
    MEAN
    DOT
    MAX
    KERNELS

cdef dict kernel_of_name = {
    "add": ADD, "sub": SUB, "mul": MUL, "div": DIV, "neg": NEG, "abs": ABS, "exp": EXP, "log": LOG, "sqrt": SQRT,
    "tanh": TANH, "sigmoid": SIGMOID, "relu": RELU, "pow": POWER, "sum": SUM, "mean": MEAN, "dot": DOT, "max": MAX,
}
cdef dict name_of_kernel = {number: name for name, number in kernel_of_name.items()}
cdef double SMALLEST_NORMAL = 2.0**-1022


# -- on one operand --------------------------------------------------------------------------------

cdef inline double logistic(double x) noexcept nogil:
    cdef double decay
    if x < -2.0:
        decay = exp(x)
        return decay - decay * decay / (1.0 + decay)
    return 1.0 / (1.0 + exp(-x))


cdef inline bint compute_1(int kernel, double exponent, double x, double* y, double* slope) noexcept nogil:
    cdef double size, half, growth
    if kernel == NEG:
        y[0] = -x
        slope[0] = -1.0
        return True
    if kernel == RELU:
        if x > 0.0:
            y[0] = x
            slope[0] = 1.0
            return True
        y[0] = 0.0
        slope[0] = 0.0
        return x == x
    if kernel == ABS:
        y[0] = fabs(x)
        slope[0] = 1.0 if x > 0.0 else -1.0 if x < 0.0 else 0.0
        return x == x
    if kernel == TANH:
        y[0] = tanh(x)
        size = fabs(x)
        if size > 350.0:
            half = 2.0 * exp(-size)
            slope[0] = half * half
            return True
        growth = exp(2.0 * size)
        slope[0] = 4.0 / (growth + (2.0 + 1.0 / growth))
        return x == x
    if kernel == SIGMOID:
        y[0] = logistic(x)
        slope[0] = y[0] * logistic(-x)
        return x == x
    if kernel == EXP:
        y[0] = exp(x)
        slope[0] = y[0]
        return isfinite(y[0])
    if kernel == LOG:
        if not (x > 0.0 and isfinite(x)):
            return False
        y[0] = log(x)
        slope[0] = 1.0 / x
        return True
    if kernel == SQRT:
        if not (x > 0.0 and isfinite(x)):
            return False
        y[0] = sqrt(x)
        slope[0] = 0.5 / y[0]
        return True
    if kernel == POWER:
        return compute_power(exponent, x, y, slope)
    return False


cdef inline bint compute_power(double n, double x, double* y, double* slope) noexcept nogil:
    cdef double power
    if not (isfinite(x) and isfinite(n)) or (x == 0.0 and n < 1.0):
        return False
    y[0] = pow(x, n)
    if not isfinite(y[0]):
        return False
    if n == 2.0:
        slope[0] = 2.0 * x
    elif n == 1.0:
        slope[0] = 1.0
    elif n == 0.0:
        slope[0] = 0.0
    elif (n - 1.0) + 1.0 == n and n - (n - 1.0) == 1.0:
        power = pow(x, n - 1.0)
        slope[0] = n * power
        return isfinite(power)
    else:
        if fabs(y[0]) < SMALLEST_NORMAL:
            return False
        slope[0] = n * (y[0] / x)
    return True


# -- on two operands -------------------------------------------------------------------------------

cdef inline bint compute_2(int kernel, double a, double b, double* y, double* slopes) noexcept nogil:
    if kernel == ADD:
        y[0] = a + b
        slopes[0] = 1.0
        slopes[1] = 1.0
        return True
    if kernel == MUL:
        y[0] = a * b
        slopes[0] = b
        slopes[1] = a
        return True
    if kernel == SUB:
        y[0] = a - b
        slopes[0] = 1.0
        slopes[1] = -1.0
        return True
    if kernel == DIV:
        if b == 0.0:
            return False
        y[0] = a / b
        slopes[0] = 1.0 / b
        slopes[1] = -y[0] / b
        return True
    return False


# -- on a sequence ---------------------------------------------------------------------------------

cdef bint compute_many(int kernel, Py_ssize_t count, Fields** xs, double* y, double* slopes) noexcept nogil:
    cdef Py_ssize_t i, half
    cdef double total = 0.0, share = 1.0
    if kernel == DOT:
        if count % 2:
            return False
        half = count // 2
        for i in range(half):
            total += xs[i].data * xs[half + i].data
            slopes[i] = xs[half + i].data
            slopes[half + i] = xs[i].data
    elif kernel == MAX and count:
        total = xs[0].data
        for i in range(count):
            if xs[i].data != xs[i].data:
                return False
            if xs[i].data > total:
                total = xs[i].data
        share = 0.0
        for i in range(count):
            share += 1.0 if xs[i].data == total else 0.0
        for i in range(count):
            slopes[i] = 1.0 / share if xs[i].data == total else 0.0
    elif kernel == SUM or (kernel == MEAN and count):
        if kernel == MEAN:
            share = 1.0 / count
        for i in range(count):
            total += xs[i].data
            slopes[i] = share
    else:
        return False
    y[0] = total / count if kernel == MEAN else total
    return isfinite(total)
