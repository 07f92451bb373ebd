/* sin and cos of many numbers side by side, for the native executor: NumPy's go through the C library one by one.
 *
 * x = n π/2 + r + rest with |r| <= π/4, by a π/2 in three parts (Cody and Waite 1980); then the polynomials of fdlibm
 * (Sun Microsystems 1993), that of the sine or that of the cosine, by n. Within 1 unit in the last place. Beyond
 * WAVES_END, where the parts of π/2 would not do, and for what is not finite: the C library's.
 */
#pragma once

#include "loops.h"

#define WAVES_END 1024.0

#if defined(__GNUC__)
#define INLINE static inline __attribute__((always_inline))  /* into each clone of a loop */
#else
#define INLINE static inline
#endif

/* The sine of a number that is near enough, so many quarters of a turn on. */
INLINE double wave_of(double x, int64_t quarters)
{
    const double shift = 0x1.8p52, turned = x * 0x1.45f306dc9c883p-1 + shift, n = turned - shift;  /* to the nearest */
    int64_t quarter, bits;
    memcpy(&quarter, &turned, sizeof quarter);  /* its last bits are those of n */
    quarter += quarters;

    const double a = x - n * 0x1.921fb544p+0, part = n * 0x1.0b4611a6p-34, b = a - part;
    const double tail = n * 0x1.3198a2e037073p-69 - ((a - b) - part), r = b - tail, rest = (b - r) - tail;

    const double z = r * r, w = z * z, v = z * r;
    const double s = 8.33333333332248946124e-03 + z * (-1.98412698298579493134e-04 + z * 2.75573137070700676789e-06)
                   + z * w * (-2.50507602534068634195e-08 + z * 1.58969099521155010221e-10);
    const double sine = r - ((z * (0.5 * rest - v * s) - rest) - v * -1.66666666666666324348e-01);
    const double c = z * (4.16666666666666019037e-02 + z * (-1.38888888888741095749e-03 + z * 2.48015872894767294178e-05))
                   + w * w * (-2.75573143513906633035e-07 + z * (2.08757232129817482790e-09 + z * -1.13596475577881948265e-11));
    const double half = 0.5 * z, most = 1.0 - half;
    const double cosine = most + (((1.0 - most) - half) + (z * c - r * rest));

    const double found = quarter & 1 ? cosine : sine;
    memcpy(&bits, &found, sizeof bits);
    bits ^= (int64_t)((uint64_t)(quarter & 2) << 62);
    double y;
    memcpy(&y, &bits, sizeof y);
    return y;
}

#define WAVE(name, quarters) \
    LOOP(name) \
    { \
        const Py_ssize_t n = dims[0]; \
        if (IN(0, DOUBLE) && IN(1, DOUBLE)) { \
            const double *p = (double *)args[0]; \
            double *out = (double *)args[1]; \
            int64_t far = 0; \
            EACH far |= (int64_t)!(fabs(p[i]) <= WAVES_END); \
            if (!far) { \
                INDEPENDENT EACH out[i] = wave_of(p[i], quarters); \
                return; \
            } \
        } \
        EACH { const double x = AT(0); AT(1) = fabs(x) <= WAVES_END ? wave_of(x, quarters) : name(x); } \
    }

WAVE(sin, 0)
WAVE(cos, 1)
