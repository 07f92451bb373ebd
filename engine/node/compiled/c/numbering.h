/* Graphs as arrays: which nodes are equal, how deep each is, and what is said of it. See jit/lower/equal.py.
 *
 * Nodes come with operands before results. A function returns the number of a node that reads what is none before it, -1
 * where all is right, and -2 with MemoryError set.
 */
#pragma once

#include <Python.h>
#include <stdint.h>
#include <string.h>

static inline uint64_t mixed(uint64_t x)
{
    x = (x ^ (x >> 31)) * 0xBF58476D1CE4E5B9ull;
    return x ^ (x >> 29);
}

/* A word, or the first node that is equal to the one that it names. */
static inline int64_t meaning(const int64_t *words, const uint8_t *names, const int64_t *first, int64_t at)
{
    return names[at] ? first[words[at]] : words[at];
}

static inline int same_words(const int64_t *offsets, const int64_t *words, const uint8_t *names, const int64_t *first,
                             int64_t a, int64_t b)
{
    int64_t from_a = offsets[a], from_b = offsets[b], count = offsets[a + 1] - from_a;
    if (offsets[b + 1] - from_b != count)
        return 0;
    for (int64_t k = 0; k < count; k++)
        if (names[from_a + k] != names[from_b + k] ||
            meaning(words, names, first, from_a + k) != meaning(words, names, first, from_b + k))
            return 0;
    return 1;
}

static Py_ssize_t fill_first_equal(Py_ssize_t count, const int64_t *offsets, const int64_t *words, const uint8_t *names,
                                   int64_t *first)
{
    size_t room = 16;
    while (room < 2 * (size_t)count)
        room *= 2;
    int64_t *table = PyMem_RawMalloc(room * sizeof(int64_t));
    uint64_t *hashes = PyMem_RawMalloc(((size_t)count + 1) * sizeof(uint64_t));
    if (table == NULL || hashes == NULL) {
        PyMem_RawFree(table);
        PyMem_RawFree(hashes);
        PyErr_NoMemory();
        return -2;
    }
    memset(table, 0xFF, room * sizeof(int64_t));  /* -1 */
    Py_ssize_t wrong = -1;
    for (Py_ssize_t i = 0; i < count && wrong < 0; i++) {
        uint64_t hash = 0;
        for (int64_t k = offsets[i]; k < offsets[i + 1]; k++) {
            if (names[k] && (words[k] < 0 || words[k] >= i)) {
                wrong = i;
                break;
            }
            hash = mixed(hash * 0x9E3779B97F4A7C15ull + (uint64_t)meaning(words, names, first, k) + names[k]);
        }
        if (wrong >= 0)
            break;
        hashes[i] = hash;
        size_t at = (size_t)hash & (room - 1);
        while (table[at] >= 0 &&
               (hashes[table[at]] != hash || !same_words(offsets, words, names, first, table[at], i)))
            at = (at + 1) & (room - 1);
        if (table[at] < 0)
            table[at] = i;
        first[i] = table[at];
    }
    PyMem_RawFree(table);
    PyMem_RawFree(hashes);
    return wrong;
}

static Py_ssize_t fill_levels(Py_ssize_t count, const int64_t *offsets, const int64_t *operands, int64_t *flags,
                              int64_t *levels)
{
    for (Py_ssize_t i = 0; i < count; i++) {
        int64_t level = 0;
        for (int64_t k = offsets[i]; k < offsets[i + 1]; k++) {
            int64_t x = operands[k];
            if (x < 0 || x >= i)
                return i;
            if (level <= levels[x])
                level = levels[x] + 1;
            flags[i] |= flags[x];
        }
        levels[i] = level;
    }
    return -1;
}

static Py_ssize_t fill_reached(Py_ssize_t count, const int64_t *offsets, const int64_t *operands, uint8_t *wanted)
{
    for (Py_ssize_t i = count - 1; i >= 0; i--)
        for (int64_t k = offsets[i]; wanted[i] && k < offsets[i + 1]; k++) {
            int64_t x = operands[k];
            if (x < 0 || x >= i)
                return i;
            wanted[x] = 1;
        }
    return -1;
}
