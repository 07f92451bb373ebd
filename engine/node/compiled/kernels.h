/* Written by python -m engine.node.compiled.write_kernels from the operator table. Do not edit.
 *
 * Every function here does what the row of its name does, in the same order: no fused operations.
 */
#include <math.h>

typedef struct { double first, second; } f_pair;

/* x: the operands; y: the value; d: the partial by each. They are apart, so that a compiler may compute
 * sin and cos of one number together, which takes 9 ns in place of 15. */
typedef void (*chainrule_kernel)(const double *x, double *y, double *d);

static inline double f_mod_of_python(double a, double b)
{
    double rest = fmod(a, b);
    if (rest != 0.0) {
        if ((b < 0.0) != (rest < 0.0))
            rest += b;
    } else {
        rest = copysign(0.0, b);
    }
    return rest;
}

static inline double f_floor_divide_of_python(double a, double b)
{
    double rest = fmod(a, b), whole = (a - rest) / b, below;
    if (rest != 0.0 && (b < 0.0) != (rest < 0.0))
        whole -= 1.0;
    if (whole == 0.0)
        return copysign(0.0, a / b);
    below = floor(whole);
    return whole - below > 0.5 ? below + 1.0 : below;
}

static inline double f_divide(double a, double b)
{
    return (a / b);
}

static inline double f_sign(double x)
{
    if ((x > 0x0.0p+0)) {
        return 0x1.0000000000000p+0;
    }
    if ((x < 0x0.0p+0)) {
        return (-0x1.0000000000000p+0);
    }
    return ((x == 0x0.0p+0) ? 0x0.0p+0 : x);
}

static inline double f_power(double x, double y)
{
    return pow(x, y);
}

static inline double f_equal(double a, double b)
{
    return ((a == b) ? 0x1.0000000000000p+0 : 0x0.0p+0);
}

static inline double f_greater(double a, double b)
{
    return ((a > b) ? 0x1.0000000000000p+0 : 0x0.0p+0);
}

static inline double f_greater_equal(double a, double b)
{
    return ((a >= b) ? 0x1.0000000000000p+0 : 0x0.0p+0);
}

static inline double f_log(double x)
{
    return log(x);
}

static inline double f_maximum(double a, double b)
{
    return (((a >= b) || (a != a)) ? a : b);
}

static inline double f_minimum(double a, double b)
{
    return (((a <= b) || (a != a)) ? a : b);
}

static inline double f_clip(double x, double low, double high)
{
    if ((low <= x && x <= high)) {
        return x;
    }
    return f_minimum(f_maximum(x, low), high);
}

static inline double f_exp(double x)
{
    return exp(x);
}

static inline double f_mod(double a, double b)
{
    return f_mod_of_python(a, b);
}

static inline double f_floor(double x)
{
    double whole;
    whole = floor(x);
    return ((whole == whole) ? whole : x);
}

static inline double f_exp2(double x)
{
    return exp2(x);
}

static inline double f_expm1(double x)
{
    return expm1(x);
}

static inline double f_log2(double x)
{
    return log2(x);
}

static inline double f_log10(double x)
{
    return log10(x);
}

static inline double f_log1p(double x)
{
    return log1p(x);
}

static inline double f_sqrt(double x)
{
    return sqrt(x);
}

static inline double f_cbrt(double x)
{
    double root, shifted, quotient;
    root = cbrt(x);
    if ((((root - root) != 0x0.0p+0) || (root == 0x0.0p+0))) {
        return root;
    }
    shifted = (root * 0x1.0000000400000p+30);
    root = (shifted - (shifted - root));
    quotient = (x / (root * root));
    return (root + (root * ((quotient - root) / ((root + root) + quotient))));
}

static inline double f_sin(double x)
{
    return sin(x);
}

static inline double f_cos(double x)
{
    return cos(x);
}

static inline double f_tan(double x)
{
    return tan(x);
}

static inline double f_asin(double x)
{
    return asin(x);
}

static inline double f_acos(double x)
{
    return acos(x);
}

static inline double f_hypot(double a, double b)
{
    double x, y, scale, root, rest;
    x = fabs(a);
    y = fabs(b);
    if (((x == INFINITY) || (y == INFINITY))) {
        return INFINITY;
    }
    if ((y > x)) {
        const double new_x = y, new_y = x;
        x = new_x;
        y = new_y;
    }
    if ((y <= (x * 0x1.5798ee2308c3ap-27))) {
        return x;
    }
    scale = 0x1.0000000000000p+0;
    if ((x > 0x1.38d352e5096afp+498)) {
        scale = 0x1.0000000000000p+600;
    } else {
        if ((y < 0x1.e7c5f127bd87ep-466)) {
            scale = 0x1.0000000000000p-600;
        }
    }
    x /= scale;
    y /= scale;
    root = sqrt(((x * x) + (y * y)));
    if ((root <= (0x1.0000000000000p+1 * y))) {
        rest = (root - y);
        root -= (((x * ((0x1.0000000000000p+1 * rest) - x)) + ((rest - (0x1.0000000000000p+1 * (x - y))) * rest)) / (0x1.0000000000000p+1 * root));
    } else {
        rest = (root - x);
        root -= (((((0x1.0000000000000p+1 * rest) * (x - (0x1.0000000000000p+1 * y))) + (((0x1.0000000000000p+2 * rest) - y) * y)) + (rest * rest)) / (0x1.0000000000000p+1 * root));
    }
    return (root * scale);
}

static inline double f_sinh(double x)
{
    return sinh(x);
}

static inline double f_cosh(double x)
{
    return cosh(x);
}

static inline double f_sech2(double x)
{
    double size, half, growth;
    size = fabs(x);
    if ((size > 0x1.5e00000000000p+8)) {
        half = (0x1.0000000000000p+1 * exp((-size)));
        return (half * half);
    }
    growth = exp((0x1.0000000000000p+1 * size));
    return (0x1.0000000000000p+2 / (growth + (0x1.0000000000000p+1 + (0x1.0000000000000p+0 / growth))));
}

static inline double f_acosh(double x)
{
    return acosh(x);
}

static inline double f_atanh(double x)
{
    return atanh(x);
}

static inline f_pair f_exact_square(double x)
{
    double square, upper, lower;
    square = (x * x);
    upper = (x * 0x1.0000002000000p+27);
    upper -= (upper - x);
    lower = (x - upper);
    return (f_pair){square, ((((upper * upper) - square) + ((0x1.0000000000000p+1 * upper) * lower)) + (lower * lower))};
}

static inline double f_gaussian(double x, double k)
{
    double square, low, exponent, value;
    const f_pair square_low = f_exact_square(x);
    square = square_low.first;
    low = square_low.second;
    exponent = ((-k) * square);
    if ((exponent < (-0x1.7c00000000000p+9))) {
        return 0x0.0p+0;
    }
    if ((exponent > 0x1.6280000000000p+9)) {
        return INFINITY;
    }
    value = exp(exponent);
    return (value - (value * (k * low)));
}

static inline f_pair f_minus_square(double x, double k, double first, double second)
{
    double square, low, exponent, kept, lost;
    const f_pair square_low = f_exact_square(x);
    square = square_low.first;
    low = square_low.second;
    square = ((-k) * square);
    exponent = (square - first);
    kept = (exponent - square);
    lost = ((square - (exponent - kept)) - (first + kept));
    return (f_pair){exponent, ((lost - second) - (k * low))};
}

static inline f_pair f_exp_minus_square(double x, double k, double first, double second)
{
    double exponent, error;
    const f_pair exponent_error = f_minus_square(x, k, first, second);
    exponent = exponent_error.first;
    error = exponent_error.second;
    return (f_pair){exp(exponent), error};
}

static inline double f_k_rest(double t)
{
    double p, q;
    p = (0x1.596140aa37fcfp-17 + (t * 0x1.8be78732d5aa2p-22));
    p = (0x1.4c99d8f9a3bbbp-10 + (t * (0x1.2b80d8efeb962p-13 + (t * p))));
    p = (0x1.21d6f18718042p-5 + (t * (0x1.024f4b9a5d49bp-7 + (t * p))));
    p = (0x1.0a420f7431920p-2 + (t * (0x1.d5d291845b20fp-4 + (t * p))));
    p = (0x1.173e782aa2a00p-2 + (t * (0x1.8285ab3474e5fp-2 + (t * p))));
    q = (0x1.5395fe899d3f1p-16 + (t * 0x1.790d43cee63b9p-21));
    q = (0x1.615fe77e3786bp-9 + (t * (0x1.311889436a5e6p-12 + (t * q))));
    q = (0x1.5bc05a89b0e53p-4 + (t * (0x1.2142b001a56efp-6 + (t * q))));
    q = (0x1.955d623cf8d93p-1 + (t * (0x1.36246fb2d9431p-2 + (t * q))));
    q = (0x1.b76b25e8f0cbbp+0 + (t * (0x1.74ddcbcaa9309p+0 + (t * q))));
    return (((0x1.002c897dc8214p+0 - t) * p) / (0x1.0000000000000p+0 + (t * q)));
}

static inline double f_erfc(double x)
{
    double bell, error, total, rest;
    if (!((0x1.0000000000000p-1 < x && x < 0x1.c000000000000p+4))) {
        return erfc(x);
    }
    const f_pair bell_error = f_exp_minus_square(x, 0x1.0000000000000p+0, 0x1.250d048e7a1bdp-1, 0x1.7abf2ad8d5088p-58);
    bell = bell_error.first;
    error = bell_error.second;
    total = (x + 0x1.7c23feb9f31fdp-2);
    rest = ((0x1.7c23feb9f31fdp-2 - (total - x)) + (0x1.6a09e667f3bcdp-1 * f_k_rest((0x1.6a09e667f3bcdp+0 * x))));
    return (bell / (total + (rest - ((total + rest) * error))));
}

static inline f_pair f_normal_tail(double t)
{
    double bell, error, rest;
    const f_pair bell_error = f_exp_minus_square(t, 0x1.0000000000000p-1, 0x1.d67f1c864beb5p-1, (-0x1.65b5a1b7ff5dfp-55));
    bell = bell_error.first;
    error = bell_error.second;
    rest = f_k_rest(t);
    return (f_pair){bell, (rest - (((t + 0x1.0cccccccccccdp-1) + rest) * error))};
}

static inline double f_ndtr(double x)
{
    double bell, rest, total;
    if (!((x < (-0x1.0000000000000p-1)))) {
        return (0x1.0000000000000p-1 * erfc(((-0x1.6a09e667f3bcdp-1) * x)));
    }
    if ((x < (-0x1.4000000000000p+5))) {
        return 0x0.0p+0;
    }
    const f_pair bell_rest = f_normal_tail((-x));
    bell = bell_rest.first;
    rest = bell_rest.second;
    total = (0x1.0cccccccccccdp-1 - x);
    return (bell / (total + (rest + (0x1.0cccccccccccdp-1 - (total + x)))));
}

static inline double f_sigmoid(double x)
{
    double decay;
    if ((x < (-0x1.0000000000000p+1))) {
        decay = exp(x);
        return (decay - ((decay * decay) / (0x1.0000000000000p+0 + decay)));
    }
    return (0x1.0000000000000p+0 / (0x1.0000000000000p+0 + exp((-x))));
}

static inline double f_log_sigmoid(double x)
{
    if ((x >= 0x0.0p+0)) {
        return (-log1p(exp((-x))));
    }
    return (x - log1p(exp(x)));
}

static inline double f_softplus(double x)
{
    if ((x <= 0x0.0p+0)) {
        return log1p(exp(x));
    }
    return (x + log1p(exp((-x))));
}

static inline double f_relu(double x)
{
    if ((x > 0x0.0p+0)) {
        return x;
    }
    return ((x == x) ? 0x0.0p+0 : x);
}

static inline double f_step(double x, double threshold)
{
    if ((x > threshold)) {
        return 0x1.0000000000000p+0;
    }
    return ((x == x) ? 0x0.0p+0 : x);
}

static inline double f_leaky_relu(double x, double alpha)
{
    return ((x > 0x0.0p+0) ? x : (alpha * x));
}

static inline double f_elu(double x, double alpha)
{
    return ((x > 0x0.0p+0) ? x : (alpha * expm1(x)));
}

static inline double f_gelu(double x)
{
    double bell, rest;
    if (!((x < (-0x1.0000000000000p-1)))) {
        return (x * (0x1.0000000000000p-1 * erfc(((-0x1.6a09e667f3bcdp-1) * x))));
    }
    if ((x < (-0x1.4000000000000p+5))) {
        return 0x0.0p+0;
    }
    const f_pair bell_rest = f_normal_tail((-x));
    bell = bell_rest.first;
    rest = bell_rest.second;
    return (bell / (((0x1.0cccccccccccdp-1 + rest) / x) - 0x1.0000000000000p+0));
}

static inline double f_silu(double x)
{
    if ((x < (-0x1.6200000000000p+9))) {
        return ((x > (-0x1.7c00000000000p+9)) ? ((x * exp((x + 0x1.9000000000000p+5))) * 0x1.d257d547e083fp-73) : 0x0.0p+0);
    }
    return (x / (0x1.0000000000000p+0 + exp((-x))));
}

static inline double f_ceil(double x)
{
    double whole;
    whole = (-floor((-x)));
    return ((whole == whole) ? whole : x);
}

static inline double f_rint(double x)
{
    if (!((fabs(x) < 0x1.0000000000000p+52))) {
        return x;
    }
    return copysign(((fabs(x) + 0x1.0000000000000p+52) - 0x1.0000000000000p+52), x);
}

static inline double f_floor_divide(double a, double b)
{
    if ((b == 0x0.0p+0)) {
        return f_divide(a, b);
    }
    return f_floor_divide_of_python(a, b);
}

static inline double f_where(double condition, double a, double b)
{
    return ((condition != 0x0.0p+0) ? a : b);
}

static void k_add(const double *__restrict x, double *__restrict y, double *__restrict d)
{
    y[0] = x[0] + x[1];
    d[0] = 0x1.0000000000000p+0;
    d[1] = 0x1.0000000000000p+0;
}

static void k_sub(const double *__restrict x, double *__restrict y, double *__restrict d)
{
    y[0] = x[0] - x[1];
    d[0] = 0x1.0000000000000p+0;
    d[1] = (-0x1.0000000000000p+0);
}

static void k_mul(const double *__restrict x, double *__restrict y, double *__restrict d)
{
    y[0] = x[0] * x[1];
    d[0] = x[1];
    d[1] = x[0];
}

static void k_div(const double *__restrict x, double *__restrict y, double *__restrict d)
{
    y[0] = f_divide(x[0], x[1]);
    const double t2 = 0x1.0000000000000p+0 / x[1];
    const double t4 = -y[0];
    const double t5 = t4 / x[1];
    d[0] = t2;
    d[1] = t5;
}

static void k_neg(const double *__restrict x, double *__restrict y, double *__restrict d)
{
    y[0] = -x[0];
    d[0] = (-0x1.0000000000000p+0);
}

static void k_abs(const double *__restrict x, double *__restrict y, double *__restrict d)
{
    y[0] = fabs(x[0]);
    const double t1 = f_sign(x[0]);
    d[0] = t1;
}

static void k_pow(const double *__restrict x, double *__restrict y, double *__restrict d)
{
    y[0] = f_power(x[0], x[1]);
    const double t2 = f_equal(x[1], 0x0.0p+0);
    const double t5 = fabs(x[0]);
    const double t7 = f_greater(t5, 0x1.0000000000000p-1022);
    const double t8 = 0x1.0000000000000p+0 - t7;
    const double t9 = t2 * t8;
    double t46;
    if (t9 != 0.0) {
        t46 = 0x0.0p+0;
    } else {
        const double t10 = x[1] - 0x1.0000000000000p+0;
        const double t11 = t10 - x[1];
        const double t12 = t10 - t11;
        const double t13 = x[1] - t12;
        const double t15 = (-0x1.0000000000000p+0) - t11;
        const double t16 = t13 + t15;
        const double t17 = fabs(t16);
        const double t18 = f_greater(t17, 0x0.0p+0);
        const double t27 = f_power(x[0], t10);
        double t45;
        if (t18 != 0.0) {
            const double t20 = f_equal(y[0], y[0]);
            double t42;
            if (t20 != 0.0) {
                const double t21 = fabs(y[0]);
                const double t22 = f_greater_equal(t21, 0x1.0000000000000p-1022);
                const double t24 = f_greater_equal(0x1.fffffffffffffp+1023, t21);
                const double t25 = t22 * t24;
                double t41;
                if (t25 != 0.0) {
                    const double t26 = y[0] / x[0];
                    t41 = t26;
                } else {
                    double t40;
                    if (t18 != 0.0) {
                        const double t28 = f_log(t5);
                        const double t29 = t16 * t28;
                        const double t32 = f_clip(t29, (-0x1.5e00000000000p+9), 0x1.5e00000000000p+9);
                        const double t33 = f_exp(t32);
                        const double t34 = t27 * t33;
                        const double t36 = f_greater(0x0.0p+0, x[0]);
                        const double t37 = 0x1.0000000000000p+1 * t36;
                        const double t38 = 0x1.0000000000000p+0 - t37;
                        const double t39 = t34 * t38;
                        t40 = t39;
                    } else {
                        t40 = t27;
                    }
                    t41 = t40;
                }
                t42 = t41;
            } else {
                t42 = y[0];
            }
            const double t43 = x[1] * t42;
            t45 = t43;
        } else {
            const double t44 = x[1] * t27;
            t45 = t44;
        }
        t46 = t45;
    }
    const double t47 = f_equal(x[0], 0x0.0p+0);
    const double t48 = f_greater_equal(x[1], 0x0.0p+0);
    const double t49 = t47 * t48;
    double t52;
    if (t49 != 0.0) {
        t52 = 0x0.0p+0;
    } else {
        const double t50 = f_log(x[0]);
        const double t51 = y[0] * t50;
        t52 = t51;
    }
    d[0] = t46;
    d[1] = t52;
}

static void k_pow_leading(const double *__restrict x, double *__restrict y, double *__restrict d)
{
    y[0] = f_power(x[0], x[1]);
    const double t2 = f_equal(x[1], 0x0.0p+0);
    const double t5 = fabs(x[0]);
    const double t7 = f_greater(t5, 0x1.0000000000000p-1022);
    const double t8 = 0x1.0000000000000p+0 - t7;
    const double t9 = t2 * t8;
    double t46;
    if (t9 != 0.0) {
        t46 = 0x0.0p+0;
    } else {
        const double t10 = x[1] - 0x1.0000000000000p+0;
        const double t11 = t10 - x[1];
        const double t12 = t10 - t11;
        const double t13 = x[1] - t12;
        const double t15 = (-0x1.0000000000000p+0) - t11;
        const double t16 = t13 + t15;
        const double t17 = fabs(t16);
        const double t18 = f_greater(t17, 0x0.0p+0);
        const double t27 = f_power(x[0], t10);
        double t45;
        if (t18 != 0.0) {
            const double t20 = f_equal(y[0], y[0]);
            double t42;
            if (t20 != 0.0) {
                const double t21 = fabs(y[0]);
                const double t22 = f_greater_equal(t21, 0x1.0000000000000p-1022);
                const double t24 = f_greater_equal(0x1.fffffffffffffp+1023, t21);
                const double t25 = t22 * t24;
                double t41;
                if (t25 != 0.0) {
                    const double t26 = y[0] / x[0];
                    t41 = t26;
                } else {
                    double t40;
                    if (t18 != 0.0) {
                        const double t28 = f_log(t5);
                        const double t29 = t16 * t28;
                        const double t32 = f_clip(t29, (-0x1.5e00000000000p+9), 0x1.5e00000000000p+9);
                        const double t33 = f_exp(t32);
                        const double t34 = t27 * t33;
                        const double t36 = f_greater(0x0.0p+0, x[0]);
                        const double t37 = 0x1.0000000000000p+1 * t36;
                        const double t38 = 0x1.0000000000000p+0 - t37;
                        const double t39 = t34 * t38;
                        t40 = t39;
                    } else {
                        t40 = t27;
                    }
                    t41 = t40;
                }
                t42 = t41;
            } else {
                t42 = y[0];
            }
            const double t43 = x[1] * t42;
            t45 = t43;
        } else {
            const double t44 = x[1] * t27;
            t45 = t44;
        }
        t46 = t45;
    }
    d[0] = t46;
}

static void k_mod(const double *__restrict x, double *__restrict y, double *__restrict d)
{
    y[0] = f_mod(x[0], x[1]);
    const double t3 = x[0] - y[0];
    const double t5 = t3 / x[1];
    const double t7 = t5 + 0x1.0000000000000p-1;
    const double t8 = f_floor(t7);
    const double t9 = -t8;
    d[0] = 0x1.0000000000000p+0;
    d[1] = t9;
}

static void k_exp(const double *__restrict x, double *__restrict y, double *__restrict d)
{
    y[0] = f_exp(x[0]);
    d[0] = y[0];
}

static void k_exp2(const double *__restrict x, double *__restrict y, double *__restrict d)
{
    y[0] = f_exp2(x[0]);
    const double t2 = y[0] * 0x1.62e42fefa39efp-1;
    d[0] = t2;
}

static void k_expm1(const double *__restrict x, double *__restrict y, double *__restrict d)
{
    y[0] = f_expm1(x[0]);
    const double t1 = f_exp(x[0]);
    d[0] = t1;
}

static void k_log(const double *__restrict x, double *__restrict y, double *__restrict d)
{
    y[0] = f_log(x[0]);
    const double t3 = x[0] + 0x0.0p+0;
    const double t4 = 0x1.0000000000000p+0 / t3;
    const double t5 = f_greater_equal(x[0], 0x0.0p+0);
    double t7;
    if (t5 != 0.0) {
        t7 = 0x1.0000000000000p+0;
    } else {
        t7 = NAN;
    }
    const double t8 = t4 * t7;
    d[0] = t8;
}

static void k_log2(const double *__restrict x, double *__restrict y, double *__restrict d)
{
    y[0] = f_log2(x[0]);
    const double t3 = x[0] + 0x0.0p+0;
    const double t4 = 0x1.71547652b82fep+0 / t3;
    const double t5 = f_greater_equal(x[0], 0x0.0p+0);
    double t8;
    if (t5 != 0.0) {
        t8 = 0x1.0000000000000p+0;
    } else {
        t8 = NAN;
    }
    const double t9 = t4 * t8;
    d[0] = t9;
}

static void k_log10(const double *__restrict x, double *__restrict y, double *__restrict d)
{
    y[0] = f_log10(x[0]);
    const double t3 = x[0] + 0x0.0p+0;
    const double t4 = 0x1.bcb7b1526e50dp-2 / t3;
    const double t5 = f_greater_equal(x[0], 0x0.0p+0);
    double t8;
    if (t5 != 0.0) {
        t8 = 0x1.0000000000000p+0;
    } else {
        t8 = NAN;
    }
    const double t9 = t4 * t8;
    d[0] = t9;
}

static void k_log1p(const double *__restrict x, double *__restrict y, double *__restrict d)
{
    y[0] = f_log1p(x[0]);
    const double t2 = 0x1.0000000000000p+0 + x[0];
    const double t3 = 0x1.0000000000000p+0 / t2;
    const double t5 = f_greater_equal(x[0], (-0x1.0000000000000p+0));
    double t7;
    if (t5 != 0.0) {
        t7 = 0x1.0000000000000p+0;
    } else {
        t7 = NAN;
    }
    const double t8 = t3 * t7;
    d[0] = t8;
}

static void k_sqrt(const double *__restrict x, double *__restrict y, double *__restrict d)
{
    y[0] = f_sqrt(x[0]);
    const double t2 = 0x1.0000000000000p-1 / y[0];
    d[0] = t2;
}

static void k_cbrt(const double *__restrict x, double *__restrict y, double *__restrict d)
{
    y[0] = f_cbrt(x[0]);
    const double t3 = 0x1.8000000000000p+1 * y[0];
    const double t4 = t3 * y[0];
    const double t5 = 0x1.0000000000000p+0 / t4;
    d[0] = t5;
}

static void k_sin(const double *__restrict x, double *__restrict y, double *__restrict d)
{
    y[0] = f_sin(x[0]);
    const double t1 = f_cos(x[0]);
    d[0] = t1;
}

static void k_cos(const double *__restrict x, double *__restrict y, double *__restrict d)
{
    y[0] = f_cos(x[0]);
    const double t1 = f_sin(x[0]);
    const double t2 = -t1;
    d[0] = t2;
}

static void k_tan(const double *__restrict x, double *__restrict y, double *__restrict d)
{
    y[0] = f_tan(x[0]);
    const double t2 = y[0] * y[0];
    const double t3 = 0x1.0000000000000p+0 + t2;
    d[0] = t3;
}

static void k_asin(const double *__restrict x, double *__restrict y, double *__restrict d)
{
    y[0] = f_asin(x[0]);
    const double t2 = 0x1.0000000000000p+0 - x[0];
    const double t3 = 0x1.0000000000000p+0 + x[0];
    const double t4 = t2 * t3;
    const double t5 = f_sqrt(t4);
    const double t6 = 0x1.0000000000000p+0 / t5;
    d[0] = t6;
}

static void k_acos(const double *__restrict x, double *__restrict y, double *__restrict d)
{
    y[0] = f_acos(x[0]);
    const double t3 = 0x1.0000000000000p+0 - x[0];
    const double t4 = 0x1.0000000000000p+0 + x[0];
    const double t5 = t3 * t4;
    const double t6 = f_sqrt(t5);
    const double t7 = (-0x1.0000000000000p+0) / t6;
    d[0] = t7;
}

static void k_atan(const double *__restrict x, double *__restrict y, double *__restrict d)
{
    y[0] = atan(x[0]);
    const double t2 = f_hypot(0x1.0000000000000p+0, x[0]);
    const double t3 = 0x1.0000000000000p+0 / t2;
    const double t4 = t3 * t3;
    d[0] = t4;
}

static void k_atan2(const double *__restrict x, double *__restrict y, double *__restrict d)
{
    y[0] = atan2(x[0], x[1]);
    const double t2 = f_hypot(x[0], x[1]);
    const double t4 = f_maximum(t2, 0x0.0000000000001p-1022);
    const double t5 = x[1] / t4;
    const double t6 = t5 / t4;
    const double t7 = -x[0];
    const double t8 = t7 / t4;
    const double t9 = t8 / t4;
    d[0] = t6;
    d[1] = t9;
}

static void k_sinh(const double *__restrict x, double *__restrict y, double *__restrict d)
{
    y[0] = f_sinh(x[0]);
    const double t1 = f_cosh(x[0]);
    d[0] = t1;
}

static void k_cosh(const double *__restrict x, double *__restrict y, double *__restrict d)
{
    y[0] = f_cosh(x[0]);
    const double t1 = f_sinh(x[0]);
    d[0] = t1;
}

static void k_tanh(const double *__restrict x, double *__restrict y, double *__restrict d)
{
    y[0] = tanh(x[0]);
    const double t1 = f_sech2(x[0]);
    d[0] = t1;
}

static void k_asinh(const double *__restrict x, double *__restrict y, double *__restrict d)
{
    y[0] = asinh(x[0]);
    const double t2 = f_hypot(0x1.0000000000000p+0, x[0]);
    const double t3 = 0x1.0000000000000p+0 / t2;
    d[0] = t3;
}

static void k_acosh(const double *__restrict x, double *__restrict y, double *__restrict d)
{
    y[0] = f_acosh(x[0]);
    const double t2 = x[0] - 0x1.0000000000000p+0;
    const double t3 = f_sqrt(t2);
    const double t4 = x[0] + 0x1.0000000000000p+0;
    const double t5 = f_sqrt(t4);
    const double t6 = t3 * t5;
    const double t7 = 0x1.0000000000000p+0 / t6;
    d[0] = t7;
}

static void k_atanh(const double *__restrict x, double *__restrict y, double *__restrict d)
{
    y[0] = f_atanh(x[0]);
    const double t2 = 0x1.0000000000000p+0 - x[0];
    const double t3 = 0x1.0000000000000p+0 + x[0];
    const double t4 = t2 * t3;
    const double t5 = 0x1.0000000000000p+0 / t4;
    const double t6 = fabs(x[0]);
    const double t7 = f_greater_equal(0x1.0000000000000p+0, t6);
    double t9;
    if (t7 != 0.0) {
        t9 = 0x1.0000000000000p+0;
    } else {
        t9 = NAN;
    }
    const double t10 = t5 * t9;
    d[0] = t10;
}

static void k_hypot(const double *__restrict x, double *__restrict y, double *__restrict d)
{
    y[0] = f_hypot(x[0], x[1]);
    const double t3 = f_maximum(y[0], 0x0.0000000000001p-1022);
    const double t4 = x[0] / t3;
    const double t6 = x[1] / t3;
    d[0] = t4;
    d[1] = t6;
}

static void k_erf(const double *__restrict x, double *__restrict y, double *__restrict d)
{
    y[0] = erf(x[0]);
    const double t3 = f_gaussian(x[0], 0x1.0000000000000p+0);
    const double t4 = 0x1.20dd750429b6dp+0 * t3;
    d[0] = t4;
}

static void k_erfc(const double *__restrict x, double *__restrict y, double *__restrict d)
{
    y[0] = f_erfc(x[0]);
    const double t3 = f_gaussian(x[0], 0x1.0000000000000p+0);
    const double t4 = (-0x1.20dd750429b6dp+0) * t3;
    d[0] = t4;
}

static void k_ndtr(const double *__restrict x, double *__restrict y, double *__restrict d)
{
    y[0] = f_ndtr(x[0]);
    const double t3 = f_gaussian(x[0], 0x1.0000000000000p-1);
    const double t4 = 0x1.9884533d43651p-2 * t3;
    d[0] = t4;
}

static void k_gaussian(const double *__restrict x, double *__restrict y, double *__restrict d)
{
    y[0] = f_gaussian(x[0], x[1]);
    const double t2 = (-0x1.0000000000000p+1) * x[1];
    const double t4 = t2 * x[0];
    const double t6 = t4 * y[0];
    const double t7 = -x[0];
    const double t8 = t7 * x[0];
    const double t9 = t8 * y[0];
    d[0] = t6;
    d[1] = t9;
}

static void k_gaussian_leading(const double *__restrict x, double *__restrict y, double *__restrict d)
{
    y[0] = f_gaussian(x[0], x[1]);
    const double t2 = (-0x1.0000000000000p+1) * x[1];
    const double t4 = t2 * x[0];
    const double t6 = t4 * y[0];
    d[0] = t6;
}

static void k_sech2(const double *__restrict x, double *__restrict y, double *__restrict d)
{
    y[0] = f_sech2(x[0]);
    const double t2 = tanh(x[0]);
    const double t3 = (-0x1.0000000000000p+1) * t2;
    const double t5 = t3 * y[0];
    d[0] = t5;
}

static void k_sigmoid(const double *__restrict x, double *__restrict y, double *__restrict d)
{
    y[0] = f_sigmoid(x[0]);
    const double t2 = -x[0];
    const double t3 = f_sigmoid(t2);
    const double t4 = y[0] * t3;
    d[0] = t4;
}

static void k_log_sigmoid(const double *__restrict x, double *__restrict y, double *__restrict d)
{
    y[0] = f_log_sigmoid(x[0]);
    const double t1 = -x[0];
    const double t2 = f_sigmoid(t1);
    d[0] = t2;
}

static void k_softplus(const double *__restrict x, double *__restrict y, double *__restrict d)
{
    y[0] = f_softplus(x[0]);
    const double t1 = f_sigmoid(x[0]);
    d[0] = t1;
}

static void k_relu(const double *__restrict x, double *__restrict y, double *__restrict d)
{
    y[0] = f_relu(x[0]);
    const double t1 = f_step(x[0], 0x0.0p+0);
    d[0] = t1;
}

static void k_leaky_relu(const double *__restrict x, double *__restrict y, double *__restrict d)
{
    y[0] = f_leaky_relu(x[0], x[1]);
    const double t1 = f_step(x[0], 0x0.0p+0);
    double t4;
    if (t1 != 0.0) {
        t4 = 0x1.0000000000000p+0;
    } else {
        t4 = x[1];
    }
    const double t6 = f_minimum(x[0], 0x0.0p+0);
    d[0] = t4;
    d[1] = t6;
}

static void k_leaky_relu_leading(const double *__restrict x, double *__restrict y, double *__restrict d)
{
    y[0] = f_leaky_relu(x[0], x[1]);
    const double t1 = f_step(x[0], 0x0.0p+0);
    double t4;
    if (t1 != 0.0) {
        t4 = 0x1.0000000000000p+0;
    } else {
        t4 = x[1];
    }
    d[0] = t4;
}

static void k_elu(const double *__restrict x, double *__restrict y, double *__restrict d)
{
    y[0] = f_elu(x[0], x[1]);
    const double t1 = f_step(x[0], 0x0.0p+0);
    const double t5 = f_minimum(x[0], 0x0.0p+0);
    double t8;
    if (t1 != 0.0) {
        t8 = 0x1.0000000000000p+0;
    } else {
        const double t6 = f_exp(t5);
        const double t7 = x[1] * t6;
        t8 = t7;
    }
    const double t9 = f_expm1(t5);
    d[0] = t8;
    d[1] = t9;
}

static void k_elu_leading(const double *__restrict x, double *__restrict y, double *__restrict d)
{
    y[0] = f_elu(x[0], x[1]);
    const double t1 = f_step(x[0], 0x0.0p+0);
    double t8;
    if (t1 != 0.0) {
        t8 = 0x1.0000000000000p+0;
    } else {
        const double t5 = f_minimum(x[0], 0x0.0p+0);
        const double t6 = f_exp(t5);
        const double t7 = x[1] * t6;
        t8 = t7;
    }
    d[0] = t8;
}

static void k_gelu(const double *__restrict x, double *__restrict y, double *__restrict d)
{
    y[0] = f_gelu(x[0]);
    const double t1 = f_ndtr(x[0]);
    const double t4 = f_clip(x[0], (-0x1.9000000000000p+6), 0x1.9000000000000p+6);
    const double t6 = t4 * 0x1.9884533d43651p-2;
    const double t8 = f_gaussian(x[0], 0x1.0000000000000p-1);
    const double t9 = t6 * t8;
    const double t10 = t1 + t9;
    d[0] = t10;
}

static void k_silu(const double *__restrict x, double *__restrict y, double *__restrict d)
{
    y[0] = f_silu(x[0]);
    const double t1 = f_sigmoid(x[0]);
    const double t4 = f_minimum(y[0], 0x1.7e43c8800759cp+996);
    const double t5 = -x[0];
    const double t6 = f_sigmoid(t5);
    const double t7 = t4 * t6;
    const double t8 = t1 + t7;
    d[0] = t8;
}

static void k_step(const double *__restrict x, double *__restrict y, double *__restrict d)
{
    y[0] = f_step(x[0], x[1]);
    const double t1 = f_equal(y[0], y[0]);
    double t4;
    if (t1 != 0.0) {
        t4 = 0x0.0p+0;
    } else {
        t4 = NAN;
    }
    d[0] = t4;
    d[1] = t4;
}

static void k_step_leading(const double *__restrict x, double *__restrict y, double *__restrict d)
{
    y[0] = f_step(x[0], x[1]);
    const double t1 = f_equal(y[0], y[0]);
    double t4;
    if (t1 != 0.0) {
        t4 = 0x0.0p+0;
    } else {
        t4 = NAN;
    }
    d[0] = t4;
}

static void k_sign(const double *__restrict x, double *__restrict y, double *__restrict d)
{
    y[0] = f_sign(x[0]);
    const double t1 = f_equal(y[0], y[0]);
    double t4;
    if (t1 != 0.0) {
        t4 = 0x0.0p+0;
    } else {
        t4 = NAN;
    }
    d[0] = t4;
}

static void k_floor(const double *__restrict x, double *__restrict y, double *__restrict d)
{
    y[0] = f_floor(x[0]);
    const double t1 = f_equal(y[0], y[0]);
    double t4;
    if (t1 != 0.0) {
        t4 = 0x0.0p+0;
    } else {
        t4 = NAN;
    }
    d[0] = t4;
}

static void k_ceil(const double *__restrict x, double *__restrict y, double *__restrict d)
{
    y[0] = f_ceil(x[0]);
    const double t1 = f_equal(y[0], y[0]);
    double t4;
    if (t1 != 0.0) {
        t4 = 0x0.0p+0;
    } else {
        t4 = NAN;
    }
    d[0] = t4;
}

static void k_rint(const double *__restrict x, double *__restrict y, double *__restrict d)
{
    y[0] = f_rint(x[0]);
    const double t1 = f_equal(y[0], y[0]);
    double t4;
    if (t1 != 0.0) {
        t4 = 0x0.0p+0;
    } else {
        t4 = NAN;
    }
    d[0] = t4;
}

static void k_floor_divide(const double *__restrict x, double *__restrict y, double *__restrict d)
{
    y[0] = f_floor_divide(x[0], x[1]);
    const double t1 = f_equal(y[0], y[0]);
    double t4;
    if (t1 != 0.0) {
        t4 = 0x0.0p+0;
    } else {
        t4 = NAN;
    }
    d[0] = t4;
    d[1] = t4;
}

static void k_greater(const double *__restrict x, double *__restrict y, double *__restrict d)
{
    y[0] = f_greater(x[0], x[1]);
    d[0] = 0x0.0p+0;
    d[1] = 0x0.0p+0;
}

static void k_greater_equal(const double *__restrict x, double *__restrict y, double *__restrict d)
{
    y[0] = f_greater_equal(x[0], x[1]);
    d[0] = 0x0.0p+0;
    d[1] = 0x0.0p+0;
}

static void k_equal(const double *__restrict x, double *__restrict y, double *__restrict d)
{
    y[0] = f_equal(x[0], x[1]);
    d[0] = 0x0.0p+0;
    d[1] = 0x0.0p+0;
}

static void k_minimum(const double *__restrict x, double *__restrict y, double *__restrict d)
{
    y[0] = f_minimum(x[0], x[1]);
    const double t2 = f_equal(x[0], y[0]);
    const double t4 = f_equal(x[1], y[0]);
    const double t5 = t2 + t4;
    const double t6 = t2 / t5;
    const double t7 = t4 + t2;
    const double t8 = t4 / t7;
    d[0] = t6;
    d[1] = t8;
}

static void k_maximum(const double *__restrict x, double *__restrict y, double *__restrict d)
{
    y[0] = f_maximum(x[0], x[1]);
    const double t2 = f_equal(x[0], y[0]);
    const double t4 = f_equal(x[1], y[0]);
    const double t5 = t2 + t4;
    const double t6 = t2 / t5;
    const double t7 = t4 + t2;
    const double t8 = t4 / t7;
    d[0] = t6;
    d[1] = t8;
}

static void k_clip(const double *__restrict x, double *__restrict y, double *__restrict d)
{
    y[0] = f_clip(x[0], x[1], x[2]);
    const double t2 = f_equal(x[0], y[0]);
    const double t4 = f_greater(x[1], x[0]);
    const double t5 = t2 + t4;
    const double t7 = f_greater(x[0], x[2]);
    const double t8 = t5 + t7;
    const double t9 = t2 / t8;
    const double t10 = f_greater_equal(x[2], x[1]);
    const double t11 = t4 * t10;
    const double t12 = f_maximum(x[0], x[1]);
    const double t13 = f_greater(t12, x[2]);
    d[0] = t9;
    d[1] = t11;
    d[2] = t13;
}

static void k_clip_leading(const double *__restrict x, double *__restrict y, double *__restrict d)
{
    y[0] = f_clip(x[0], x[1], x[2]);
    const double t2 = f_equal(x[0], y[0]);
    const double t4 = f_greater(x[1], x[0]);
    const double t5 = t2 + t4;
    const double t7 = f_greater(x[0], x[2]);
    const double t8 = t5 + t7;
    const double t9 = t2 / t8;
    d[0] = t9;
}

static void k_where(const double *__restrict x, double *__restrict y, double *__restrict d)
{
    y[0] = f_where(x[0], x[1], x[2]);
    double t3;
    if (x[0] != 0.0) {
        t3 = 0x1.0000000000000p+0;
    } else {
        t3 = 0x0.0p+0;
    }
    double t4;
    if (x[0] != 0.0) {
        t4 = 0x0.0p+0;
    } else {
        t4 = 0x1.0000000000000p+0;
    }
    d[0] = 0x0.0p+0;
    d[1] = t3;
    d[2] = t4;
}

static void k_stop_gradient(const double *__restrict x, double *__restrict y, double *__restrict d)
{
    y[0] = (x[0]);
    d[0] = 0x0.0p+0;
}

/* operands: how many; fixed: baked in if numbers; usual: without those that have defaults. */
typedef struct {
    const char *name;
    int operands, fixed, usual;
    chainrule_kernel all, leading;
} chainrule_row;

/* all: the partials of every operand; leading: without those of the operands that are baked in. */
static const chainrule_row chainrule_rows[] = {
    {"add", 2, 0, 2, k_add, k_add},
    {"sub", 2, 0, 2, k_sub, k_sub},
    {"mul", 2, 0, 2, k_mul, k_mul},
    {"div", 2, 0, 2, k_div, k_div},
    {"neg", 1, 0, 1, k_neg, k_neg},
    {"abs", 1, 0, 1, k_abs, k_abs},
    {"pow", 2, 1, 2, k_pow, k_pow_leading},
    {"mod", 2, 0, 2, k_mod, k_mod},
    {"exp", 1, 0, 1, k_exp, k_exp},
    {"exp2", 1, 0, 1, k_exp2, k_exp2},
    {"expm1", 1, 0, 1, k_expm1, k_expm1},
    {"log", 1, 0, 1, k_log, k_log},
    {"log2", 1, 0, 1, k_log2, k_log2},
    {"log10", 1, 0, 1, k_log10, k_log10},
    {"log1p", 1, 0, 1, k_log1p, k_log1p},
    {"sqrt", 1, 0, 1, k_sqrt, k_sqrt},
    {"cbrt", 1, 0, 1, k_cbrt, k_cbrt},
    {"sin", 1, 0, 1, k_sin, k_sin},
    {"cos", 1, 0, 1, k_cos, k_cos},
    {"tan", 1, 0, 1, k_tan, k_tan},
    {"asin", 1, 0, 1, k_asin, k_asin},
    {"acos", 1, 0, 1, k_acos, k_acos},
    {"atan", 1, 0, 1, k_atan, k_atan},
    {"atan2", 2, 0, 2, k_atan2, k_atan2},
    {"sinh", 1, 0, 1, k_sinh, k_sinh},
    {"cosh", 1, 0, 1, k_cosh, k_cosh},
    {"tanh", 1, 0, 1, k_tanh, k_tanh},
    {"asinh", 1, 0, 1, k_asinh, k_asinh},
    {"acosh", 1, 0, 1, k_acosh, k_acosh},
    {"atanh", 1, 0, 1, k_atanh, k_atanh},
    {"hypot", 2, 0, 2, k_hypot, k_hypot},
    {"erf", 1, 0, 1, k_erf, k_erf},
    {"erfc", 1, 0, 1, k_erfc, k_erfc},
    {"ndtr", 1, 0, 1, k_ndtr, k_ndtr},
    {"gaussian", 2, 1, 1, k_gaussian, k_gaussian_leading},
    {"sech2", 1, 0, 1, k_sech2, k_sech2},
    {"sigmoid", 1, 0, 1, k_sigmoid, k_sigmoid},
    {"log_sigmoid", 1, 0, 1, k_log_sigmoid, k_log_sigmoid},
    {"softplus", 1, 0, 1, k_softplus, k_softplus},
    {"relu", 1, 0, 1, k_relu, k_relu},
    {"leaky_relu", 2, 1, 1, k_leaky_relu, k_leaky_relu_leading},
    {"elu", 2, 1, 1, k_elu, k_elu_leading},
    {"gelu", 1, 0, 1, k_gelu, k_gelu},
    {"silu", 1, 0, 1, k_silu, k_silu},
    {"step", 2, 1, 1, k_step, k_step_leading},
    {"sign", 1, 0, 1, k_sign, k_sign},
    {"floor", 1, 0, 1, k_floor, k_floor},
    {"ceil", 1, 0, 1, k_ceil, k_ceil},
    {"rint", 1, 0, 1, k_rint, k_rint},
    {"floor_divide", 2, 0, 2, k_floor_divide, k_floor_divide},
    {"greater", 2, 0, 2, k_greater, k_greater},
    {"greater_equal", 2, 0, 2, k_greater_equal, k_greater_equal},
    {"equal", 2, 0, 2, k_equal, k_equal},
    {"minimum", 2, 0, 2, k_minimum, k_minimum},
    {"maximum", 2, 0, 2, k_maximum, k_maximum},
    {"clip", 3, 2, 3, k_clip, k_clip_leading},
    {"where", 3, 0, 3, k_where, k_where},
    {"stop_gradient", 1, 0, 1, k_stop_gradient, k_stop_gradient},
};

#define CHAINRULE_ROWS(F) F(add) F(sub) F(mul) F(div) F(neg) F(abs) F(pow) F(mod) F(exp) F(exp2) F(expm1) F(log) F(log2) F(log10) F(log1p) F(sqrt) F(cbrt) F(sin) F(cos) F(tan) F(asin) F(acos) F(atan) F(atan2) F(sinh) F(cosh) F(tanh) F(asinh) F(acosh) F(atanh) F(hypot) F(erf) F(erfc) F(ndtr) F(gaussian) F(sech2) F(sigmoid) F(log_sigmoid) F(softplus) F(relu) F(leaky_relu) F(elu) F(gelu) F(silu) F(step) F(sign) F(floor) F(ceil) F(rint) F(floor_divide) F(greater) F(greater_equal) F(equal) F(minimum) F(maximum) F(clip) F(where) F(stop_gradient)
#define CHAINRULE_NUMBER(name) KERNEL_##name,
enum { CHAINRULE_ROWS(CHAINRULE_NUMBER) CHAINRULE_KERNELS };
