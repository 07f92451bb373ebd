# Kernels: value and local gradients of the rows on C doubles.
#
# The table in engine/ops stays the one truth. The kernels of rows with a fixed number of operands are written from
# it, by engine/node/compiled/write_kernels.py. By hand stand here those over sequences and the power of a constant exponent; they
# decline (by returning 0) where the table takes care of a special case, and then the table's own functions are
# called. When the module is imported, each kernel is held against the table at the points at which the row is tested
# (agrees() in _value_rows.pxi); one that gives other bits is not used.

cdef extern from "kernels.h":
    ctypedef void (*Kernel "chainrule_kernel")(const double*, double*, double*) noexcept nogil
    ctypedef struct KernelRow "chainrule_row":
        const char* name
        int operands
        int fixed        # how many trailing operands are baked in when they are plain numbers
        int usual        # how many operands there are without those that have defaults
        Kernel all, leading
    KernelRow* kernel_rows "chainrule_rows"
    int KERNELS "CHAINRULE_KERNELS"
    int ADD "KERNEL_add", SUB "KERNEL_sub", MUL "KERNEL_mul", DIV "KERNEL_div", NEG "KERNEL_neg", ABS "KERNEL_abs"
    int POW "KERNEL_pow"
    void k_add(const double*, double*, double*) noexcept nogil
    void k_sub(const double*, double*, double*) noexcept nogil
    void k_mul(const double*, double*, double*) noexcept nogil
    void k_div(const double*, double*, double*) noexcept nogil

cdef enum:
    MOST_OPERANDS = 4

cdef enum Many:
    NOT_MANY
    SUM
    MEAN
    DOT
    MAX
    MIN
    PROD
    LOGSUMEXP
    LOG_SOFTMAX
    MANY_ROWS

cdef dict many_of_name = {
    "sum": SUM, "mean": MEAN, "dot": DOT, "max": MAX, "min": MIN, "prod": PROD, "logsumexp": LOGSUMEXP,
    "log_softmax": LOG_SOFTMAX,
}
cdef double SMALLEST_NORMAL = 2.0**-1022


# -- the power of a constant exponent ------------------------------------------------------------------

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
    elif (kernel == MAX or kernel == MIN) and count:
        total = xs[0].data
        for i in range(count):
            if xs[i].data != xs[i].data:
                return False
            if xs[i].data > total if kernel == MAX else xs[i].data < total:
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
    elif kernel == PROD:
        return compute_product(count, xs, y, slopes)
    elif kernel == LOGSUMEXP or kernel == LOG_SOFTMAX:
        return compute_softmax(kernel, count, xs, y, slopes)
    else:
        return False
    y[0] = total / count if kernel == MEAN else total
    return isfinite(total)


cdef bint compute_product(Py_ssize_t count, Fields** xs, double* y, double* slopes) noexcept nogil:
    """The product; each partial is the product of those before times the product of those behind."""
    cdef Py_ssize_t i
    cdef double product = 1.0
    for i in range(count):
        slopes[i] = product
        product *= xs[i].data
        if not SMALLEST_NORMAL <= fabs(product) < INFINITY:
            return False
    y[0] = product
    product = 1.0
    for i in range(count - 1, -1, -1):
        slopes[i] *= product
        product *= xs[i].data
    return True


cdef bint compute_softmax(int kernel, Py_ssize_t count, Fields** xs, double* y, double* slopes) noexcept nogil:
    """logsumexp and the log_softmax of the first; floats.logsumexp says why the sum is taken twice."""
    cdef Py_ssize_t i, place = 0
    cdef double largest, total = 0.0, exponent, term, kept, lost
    if count == 0:
        return False
    for i in range(count):
        if not isfinite(xs[i].data):
            return False
        if xs[i].data > xs[place].data:
            place = i
    largest = xs[place].data
    for i in range(count):
        if i != place:
            total += exp(xs[i].data - largest)
    if 0.0 < total < 0.25:
        total = 0.0
        for i in range(count):
            if i != place:
                exponent = xs[i].data - largest
                term = exp(exponent)
                if term != 0.0:
                    kept = exponent - xs[i].data
                    lost = (xs[i].data - (exponent - kept)) - (largest + kept)  # Knuth's exact sum
                    total += term + term * lost
    if kernel == LOGSUMEXP:
        y[0] = largest + log1p(total)
        total = 0.0
        for i in range(count):
            slopes[i] = exp(xs[i].data - y[0])
            total += slopes[i]
        for i in range(count):
            slopes[i] /= total
    else:
        y[0] = (xs[0].data - largest) - log1p(total)
        total = 0.0
        for i in range(1, count):
            slopes[i] = -exp(xs[i].data - xs[0].data + y[0])
            total += -slopes[i]
        slopes[0] = total
    return isfinite(y[0]) and isfinite(total)
