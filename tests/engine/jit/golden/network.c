/* Value and gradient of loss, as lifted by chainrule's engine.jit: C99, and libm.
 *
 *     int loss_value_and_grad(const double *parameters, const double *arguments,
 *                             double *value, double *by_parameters, double *by_arguments,
 *                             double *workspace);
 *
 * parameters     LOSS_PARAMETERS numbers in the order of loss_names; loss_parameters are those that the
 *                file was written with
 * arguments      LOSS_ARGUMENTS numbers: those of the function, in their order
 * value          LOSS_OUTPUTS numbers
 * by_parameters  the gradient: LOSS_PARAMETERS numbers for each output; NULL where none is wanted
 * by_arguments   the same by the arguments; may be NULL
 * workspace      LOSS_WORKSPACE numbers, which may hold anything; it and all outputs are the caller's, and
 *                calls with different ones may run at the same time
 *
 * It returns 0; 1 where the value or a gradient is infinite or nan: it is then as IEEE 754 has it, where the
 * function itself may have the gradient of the way that was taken; and 2 where take() is given no index, and
 * the outputs mean nothing.
 *
 * Compile it with -std=c99 and link it with -lm; with -ffast-math it would not compute this.
 */
#include <math.h>
#include <stddef.h>
#include <string.h>

#ifdef __FAST_MATH__
#error "infinities, nan and the order of operations matter here: compile without -ffast-math"
#endif

enum {
    LOSS_PARAMETERS = 12,
    LOSS_ARGUMENTS = 36,
    LOSS_OUTPUTS = 1,
    LOSS_WORKSPACE = 323,
};

const char *const loss_names[] = {
    "parameter 0", "parameter 1", "parameter 2", "parameter 3", "parameter 4", "parameter 5",
    "parameter 6", "parameter 7", "parameter 8", "parameter 9", "parameter 10", "parameter 11",
};
const double loss_parameters[] = {
    0.1257302210933933, -0.1321048632913019, 0.0, 0.6404226504432821, 0.10490011715303971, 0.1,
    -0.535669373161111, 0.36159505490948474, 0.2, 0.345584192064786, 0.8216181435011584,
    0.33043707618338714,
};

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

static inline double d_tanh0(double x)
{
    const double t1 = f_sech2(x);
    const double partial = t1;
    return partial;
}

int loss_value_and_grad(const double *parameters, const double *arguments,
    double *value, double *by_parameters, double *by_arguments, double *workspace)
{
    double *const fixed = workspace;
    double *const dfixed = fixed + 161;
    double *const scratch = dfixed + 161;
    double *const W1 = fixed;
    double *const x1 = fixed + 12;
    double *const b1 = fixed + 2;
    double *const z1 = fixed + 48;
    double *const h1 = fixed + 96;
    double *const W2 = fixed + 9;
    double *const x2 = fixed + 36;
    double *const z2 = fixed + 144;
    double *const v1 = fixed + 159;
    double *const dz2 = dfixed + 144;
    double *const dW2 = dfixed + 9;
    double *const dz1 = dfixed + 48;
    double *const dW1 = dfixed;
    double *const dx1 = dfixed + 12;
    double *const db1b = dfixed + 2;
    double *const dx2 = dfixed + 36;
    double total = 0.0;  /* nan where a number is not finite */

    memset(workspace, 0, LOSS_WORKSPACE * sizeof(double));
    memcpy(fixed, parameters, LOSS_PARAMETERS * sizeof(double));
    memcpy(fixed + 12, arguments, LOSS_ARGUMENTS * sizeof(double));

    /* np.add(W1 @ x1.T, b1, out=z1) */
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 12; j++) {
            double sum = 0.0;
            for (int k = 0; k < 2; k++)
                sum += W1[3 * i + k] * x1[2 * j + k];
            z1[12 * i + j] = sum;
        }
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 12; j++)
            z1[12 * i + j] = z1[12 * i + j] + b1[3 * i];
    /* np.tanh(z1, out=h1) */
    for (int i = 0; i < 36; i++)
        h1[i] = tanh(z1[i]);
    /* np.subtract(W2 @ h1, x2, out=z2) */
    for (int i = 0; i < 12; i++) {
        double sum = 0.0;
        for (int j = 0; j < 3; j++)
            sum += W2[j] * h1[i + 12 * j];
        z2[i] = sum;
    }
    for (int i = 0; i < 12; i++)
        z2[i] = z2[i] - x2[i];
    /* np.multiply(0.08333333333333333, np.dot(z2, z2), out=v1) */
    {
        double sum = 0.0;
        for (int i = 0; i < 12; i++)
            sum += z2[i] * z2[i];
        scratch[0] = sum;
    }
    v1[0] = 0.08333333333333333 * scratch[0];

    value[0] = fixed[159];
    total += 0.0 * value[0];
    if (by_parameters == NULL && by_arguments == NULL)
        return total != 0.0;

    for (int o = 0; o < LOSS_OUTPUTS; o++) {
        /* np.multiply(0.16666666666666666, z2, out=dz2) */
        for (int i = 0; i < 12; i++)
            dz2[i] = 0.16666666666666666 * z2[i];
        /* np.matmul(h1, dz2, out=dW2) */
        for (int i = 0; i < 3; i++) {
            double sum = 0.0;
            for (int j = 0; j < 12; j++)
                sum += h1[12 * i + j] * dz2[j];
            dW2[i] = sum;
        }
        /* np.multiply(W2[:, None] * dz2, tanh_partial(h1, z1), out=dz1) */
        for (int i = 0; i < 3; i++)
            for (int j = 0; j < 12; j++)
                dz1[12 * i + j] = (W2[i] * dz2[j]) * d_tanh0(z1[12 * i + j]);
        /* np.matmul(dz1, x1, out=dW1) */
        for (int i = 0; i < 3; i++)
            for (int j = 0; j < 2; j++) {
                double sum = 0.0;
                for (int k = 0; k < 12; k++)
                    sum += dz1[12 * i + k] * x1[j + 2 * k];
                dW1[3 * i + j] = sum;
            }
        /* np.matmul(dz1.T, W1, out=dx1) */
        for (int i = 0; i < 12; i++)
            for (int j = 0; j < 2; j++) {
                double sum = 0.0;
                for (int k = 0; k < 3; k++)
                    sum += dz1[i + 12 * k] * W1[j + 3 * k];
                dx1[2 * i + j] = sum;
            }
        /* np.add.reduce(dz1, axis=1, out=db1b) */
        for (int i = 0; i < 3; i++) {
            double found = 0.0;
            for (int j = 0; j < 12; j++)
                found += dz1[12 * i + j];
            db1b[3 * i] = found;
        }
        /* np.negative(dz2, out=dx2) */
        for (int i = 0; i < 12; i++)
            dx2[i] = -dz2[i];
        for (int i = 0; i < LOSS_PARAMETERS; i++)
            total += 0.0 * dfixed[i];
        if (by_parameters != NULL)
            memcpy(by_parameters + o * LOSS_PARAMETERS, dfixed, LOSS_PARAMETERS * sizeof(double));
        for (int i = 0; i < LOSS_ARGUMENTS; i++)
            total += 0.0 * dfixed[12 + i];
        if (by_arguments != NULL)
            memcpy(by_arguments + o * LOSS_ARGUMENTS, dfixed + 12, LOSS_ARGUMENTS * sizeof(double));
    }
    return total != 0.0;
}
