/* A traced graph as a tape: one loop over scalar instructions forward, one over sums backward; no nodes.
 *
 * Values and gradients are those of the engine to the last bit. Forward runs the kernels of the rows. Backward computes
 * the sums that the sweep of sweep.h does, each at once, its terms in the same order, with the same masks and the same
 * marks of what is not reached.
 *
 * Glossary: a *cell* is a number that the tape keeps: of each node its value, then 1 and -1, then local gradients. An
 * *edge* leads from a result to an operand that leads to something wanted, and knows the cell of its local gradient. The
 * edges to an operand are the *terms* of a sum, its adjoint.
 */
#pragma once

#include "../c/results.h"
#include "../c/sweep.h"
#include "../c/sequences.h"

/* Arithmetic on the operands A, B and C, by its code; a product that another result is made of has no cell and no other
 * reader. LAST is the result before, from a register, which is quicker than from a cell just written: see fuse_steps(). */
#define TAPE_ARITHMETIC(F) \
    F(TAPE_ADD, A + B) \
    F(TAPE_SUB, A - B) \
    F(TAPE_MUL, A * B) \
    F(TAPE_NEG, -A) \
    F(TAPE_LAST_ADD, LAST + B) \
    F(TAPE_LAST_SUB, LAST - B) \
    F(TAPE_SUB_LAST, A - LAST) \
    F(TAPE_LAST_MUL, LAST * B) \
    F(TAPE_ADD_MUL, C + A * B) \
    F(TAPE_SUB_MUL, C - A * B) \
    F(TAPE_MUL_SUB, A * B - C) \
    F(TAPE_LAST_ADD_MUL, LAST + A * B) \
    F(TAPE_LAST_SUB_MUL, LAST - A * B) \
    F(TAPE_MUL_SUB_LAST, A * B - LAST) \
    F(TAPE_ADD_LAST_MUL, C + LAST * B) \
    F(TAPE_SUB_LAST_MUL, C - LAST * B) \
    F(TAPE_LAST_MUL_SUB, LAST * B - C) \
    F(TAPE_COPY, A) \
    F(TAPE_STOP, A)  /* and no gradient passes */

#define TAPE_CODE(code, result) code,
enum {  /* codes of instructions */
    TAPE_ARITHMETIC(TAPE_CODE)
    TAPE_DIV,
    TAPE_UNARY,     /* a kernel of one operand */
    TAPE_KERNEL,
    TAPE_POWER,     /* of a constant exponent */
    TAPE_SEQUENCE,  /* by a fast path of sequences.h */
    TAPE_TAKE,      /* the operand that the last one tells */
    TAPE_TABLE      /* by the functions of the table, in Python */
};

enum { TRACED_OPERATOR, TRACED_CONSTANT };  /* kinds of traced nodes; above are those read at each call */

typedef struct {  /* what the tape knows of a row; the table of rows may move, and rows may go */
    int code, masks, sequence;
    int is_constant;  /* whether it is that of plain numbers */
    int folds;        /* whether a result on constants is one */
    chainrule_kernel kernel;
    int baked_count;
    double baked[MOST_OPERANDS];
} TapeRow;

typedef struct {
    int32_t code;
    int32_t out;       /* the node, hence its cell */
    int32_t a, b;      /* the operands; else where operands begin in the graph, and how many */
    int32_t partials;  /* the cell of the first local gradient, -1 where they are not needed; or the operand c */
    int32_t row;
} TapeStep;

typedef struct {
    int32_t source, target;
    int32_t partial;         /* a cell */
    char masks;              /* whether it is not walked where its local gradient is 0 */
} TapeEdge;

/* How a sum begins in TapeSums: how many terms it has, or that the sum computed before is the source of one of them: it
 * is read from a register, which is quicker than from an adjoint just written. Where some terms may not count, because
 * they are masked or what they come from is not reached, so many less than SUM_OF_ONE_AND_LAST. */
enum { SUM_OF_LAST = -1, SUM_OF_LAST_AND_ONE = -2, SUM_OF_ONE_AND_LAST = -3 };

typedef struct {
    int32_t *items;  /* of each sum its beginning, then its adjoint, then of each term the adjoint of its source and a cell */
    char *masks;     /* of each term that may not count whether it does where its local gradient is 0; NULL without any */
    Py_ssize_t size;
} TapeSums;

enum { TAPE_PINNED = 6 };  /* of a guard that a number is the same; below are the numbers of comparisons */

typedef struct {
    int op, outcome;
    const double *sides[2];  /* where the numbers are read: in cells, among the arguments, in a Value, or here */
    double numbers[2];
} TapeGuard;

typedef struct {
    Py_ssize_t nodes, instructions, outputs, cell_count;
    TapeRow *rows;
    const int32_t *row_of;   /* these are the trace's arrays, held by whoever made the tape */
    const int64_t *offsets, *operands;
    char *leads;             /* of each node whether it leads to something wanted */
    TapeStep *items;
    int32_t *partial_of;     /* of each node the cell of its first local gradient, or -1 */
    double *cells;
    double *adjoints;        /* of nodes that edges join, in the order in which the sweeps come to them */
    int32_t *adjoint_of;     /* where that of a node stands, or -1 */
    Py_ssize_t joined;       /* so many nodes are */
    int32_t *roots;
    double *given;           /* the numbers of the arguments, where guards read them */
    TapeGuard *guards;
    Py_ssize_t guard_count;
    TapeSums *sweeps;        /* of each output; items are NULL where they are not made */
    Py_ssize_t kept;         /* how many terms are kept, at least */
} Tape;

enum { TAPE_MOST_EDGES = 1 << 22 };  /* that are kept; more are made again at each call */

/* What a tape keeps of a row of the table. */
static TapeRow tape_row_of(int number)
{
    const Row *row = &rows[number];
    static const struct {
        chainrule_kernel kernel;
        int code;
    } plain[] = {{k_add, TAPE_ADD}, {k_sub, TAPE_SUB}, {k_mul, TAPE_MUL}, {k_div, TAPE_DIV}, {k_neg, TAPE_NEG}};
    TapeRow found = {.code = TAPE_TABLE, .masks = row->masks, .sequence = row->sequence, .kernel = row->kernel,
                     .is_constant = number == CONSTANT_ROW, .baked_count = row->baked_count};
    memcpy(found.baked, row->baked, sizeof(found.baked));
    if (row->sequence != NO_SEQUENCE)
        found.code = row->sequence == KERNEL_norm ? TAPE_TABLE : TAPE_SEQUENCE;  /* norm calls Python */
    else if (row->power)
        found.code = TAPE_POWER;
    else if (row->kernel != NULL)
        found.code = row->arity == 1 && !row->baked_count ? TAPE_UNARY : TAPE_KERNEL;
    for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++)
        if (row->kernel == plain[i].kernel)
            found.code = plain[i].code;
    return found;
}

static int is_literal_zero_of(const Tape *tape, Py_ssize_t node)
{
    return tape->rows[tape->row_of[node]].is_constant && tape->cells[node] == 0.0;
}

/* is_masked() of sweep.h for a traced node. */
static int tape_masks(const Tape *tape, Py_ssize_t node, Py_ssize_t position)
{
    int masks = tape->rows[tape->row_of[node]].masks;
    const int64_t *operands = tape->operands + tape->offsets[node];
    Py_ssize_t count = tape->offsets[node + 1] - tape->offsets[node];
    if (masks <= MASKS_ALWAYS)
        return masks == MASKS_ALWAYS;
    if (masks == MASKS_BUT_FIRST)
        return position > 0;
    if (masks == MASKS_PARTNER)
        return is_literal_zero_of(tape, operands[(position + count / 2) % count]);
    for (Py_ssize_t i = 0; i < count; i++)
        if (i != position && is_literal_zero_of(tape, operands[i]))
            return 1;
    return 0;
}

/* The cell of a local gradient. */
static int32_t partial_cell(const Tape *tape, Py_ssize_t node, Py_ssize_t position)
{
    const int64_t *operands = tape->operands + tape->offsets[node];
    int32_t one = (int32_t)tape->nodes;
    switch (tape->rows[tape->row_of[node]].code) {
    case TAPE_ADD:
    case TAPE_COPY: return one;
    case TAPE_SUB: return one + (int32_t)position;
    case TAPE_NEG: return one + 1;
    case TAPE_MUL: return (int32_t)operands[1 - position];
    }
    return tape->partial_of[node] + (int32_t)position;
}

static void free_sums(TapeSums *sums)
{
    PyMem_RawFree(sums->items);
    PyMem_RawFree(sums->masks);
    *sums = (TapeSums){NULL, NULL, 0};
}

/* What frees the arrays of its own. */
static void free_tape(Tape *tape)
{
    for (Py_ssize_t i = 0; tape->sweeps != NULL && i < tape->outputs; i++)
        free_sums(&tape->sweeps[i]);
    PyMem_RawFree(tape->sweeps);
    PyMem_RawFree(tape->rows);
    PyMem_RawFree(tape->leads);
    PyMem_RawFree(tape->items);
    PyMem_RawFree(tape->partial_of);
    PyMem_RawFree(tape->adjoint_of);
    PyMem_RawFree(tape->cells);
    PyMem_RawFree(tape->adjoints);
    PyMem_RawFree(tape->roots);
    PyMem_RawFree(tape->given);
    PyMem_RawFree(tape->guards);
}

/* Whether a node is made of constants only, by rows whose results are the same for ever. */
static int is_folded(const Tape *tape, Py_ssize_t node, const int8_t *kinds, const char *given)
{
    if (!tape->rows[tape->row_of[node]].folds)
        return 0;
    for (int64_t j = tape->offsets[node]; j < tape->offsets[node + 1]; j++)
        if (!given[tape->operands[j]] || kinds[tape->operands[j]] > TRACED_CONSTANT)
            return 0;
    return 1;
}

/* Make the instructions and cells of a tape whose rows and roots are filled in.
 *
 * kinds: of each node; takes: of each leaf whether a gradient by it is wanted; data: the numbers when it was traced.
 * -1, with MemoryError set, where there is no memory. */
static int make_tape(Tape *tape, const int8_t *kinds, const char *takes, const double *data)
{
    Py_ssize_t count = tape->nodes, cells = count + 2, edges = tape->offsets[count], filled = 0;
    Py_ssize_t widest = cells + edges;
    char *given = PyMem_RawMalloc((size_t)count + 1);  /* of each node whether its number is there before the tape runs */
    tape->leads = PyMem_RawMalloc((size_t)count + 1);
    tape->items = PyMem_RawMalloc(((size_t)count + 1) * sizeof(TapeStep));
    tape->partial_of = PyMem_RawMalloc(((size_t)count + 1) * sizeof(int32_t));
    tape->adjoints = PyMem_RawMalloc(((size_t)count + 1) * sizeof(double));
    tape->adjoint_of = PyMem_RawMalloc(((size_t)count + 1) * sizeof(int32_t));
    tape->sweeps = PyMem_RawCalloc((size_t)tape->outputs + 1, sizeof(TapeSums));
    tape->cells = PyMem_RawCalloc((size_t)widest, sizeof(double));
    if (widest > INT32_MAX || given == NULL || tape->leads == NULL || tape->items == NULL || tape->partial_of == NULL
        || tape->adjoints == NULL || tape->adjoint_of == NULL || tape->sweeps == NULL || tape->cells == NULL) {
        PyMem_RawFree(given);
        PyErr_NoMemory();
        return -1;
    }
    tape->cells[count] = 1.0;
    tape->cells[count + 1] = -1.0;
    for (Py_ssize_t i = 0; i < count; i++) {
        const int64_t *operands = tape->operands + tape->offsets[i];
        Py_ssize_t arity = tape->offsets[i + 1] - tape->offsets[i];
        TapeStep *item = &tape->items[filled];
        TapeRow *row = &tape->rows[tape->row_of[i]];
        given[i] = kinds[i] != TRACED_OPERATOR || is_folded(tape, i, kinds, given);
        tape->leads[i] = given[i] && takes[i];
        tape->partial_of[i] = tape->adjoint_of[i] = -1;
        if (given[i]) {
            tape->cells[i] = data[i];
            continue;
        }
        for (Py_ssize_t j = 0; j < arity && !tape->leads[i]; j++)
            tape->leads[i] = tape->leads[operands[j]];
        *item = (TapeStep){row->code, (int32_t)i, (int32_t)tape->offsets[i], (int32_t)arity, -1, tape->row_of[i]};
        if (row->code <= TAPE_UNARY) {
            item->a = (int32_t)operands[0];
            item->b = (int32_t)operands[arity - 1];
        }
        if (row->code > TAPE_DIV || (row->code == TAPE_DIV && tape->leads[i])) {
            item->partials = tape->partial_of[i] = (int32_t)cells;
            cells += arity;
        }
        filled++;
    }
    PyMem_RawFree(given);
    tape->instructions = filled;
    tape->cell_count = cells;
    return 0;
}

static int step_of_product(int code, int is_first)
{
    return code == TAPE_ADD ? TAPE_ADD_MUL : is_first ? TAPE_MUL_SUB : TAPE_SUB_MUL;
}

/* Read the result of the instruction before from a register. */
static void read_last(TapeStep *item, int32_t last)
{
    switch (item->code) {
    case TAPE_ADD:
    case TAPE_MUL:
        if (item->b == last)
            item->b = item->a;
        else if (item->a != last)
            return;
        item->code = item->code == TAPE_ADD ? TAPE_LAST_ADD : TAPE_LAST_MUL;
        return;
    case TAPE_SUB:
        if (item->a == last)
            item->code = TAPE_LAST_SUB;
        else if (item->b == last)
            item->code = TAPE_SUB_LAST;
        return;
    case TAPE_ADD_MUL:
    case TAPE_SUB_MUL:
    case TAPE_MUL_SUB:
        if (item->partials == last) {
            item->code += TAPE_LAST_ADD_MUL - TAPE_ADD_MUL;
        } else if (item->a == last || item->b == last) {
            if (item->b == last)
                item->b = item->a;
            item->code += TAPE_ADD_LAST_MUL - TAPE_ADD_MUL;
        }
    }
}

/* Make fewer instructions of those of a tape. kept: of each node whether its number is read elsewhere, too. What they
 * compute stays the same to the last bit. -1, with MemoryError set, where there is no memory. */
static int fuse_steps(Tape *tape, const char *kept)
{
    Py_ssize_t filled = 0;
    int32_t *uses = PyMem_RawCalloc((size_t)tape->nodes + 1, sizeof(int32_t));
    int32_t *place = PyMem_RawMalloc(((size_t)tape->nodes + 1) * sizeof(int32_t));  /* of a product's instruction, or -1 */
    if (uses == NULL || place == NULL) {
        PyMem_RawFree(uses);
        PyMem_RawFree(place);
        PyErr_NoMemory();
        return -1;
    }
    for (Py_ssize_t i = 0; i < tape->offsets[tape->nodes]; i++)
        uses[tape->operands[i]]++;
    for (Py_ssize_t i = 0; i < tape->nodes; i++)
        place[i] = -1;
    for (Py_ssize_t i = 0; i < tape->instructions; i++) {
        TapeStep *item = &tape->items[i];
        if (item->code == TAPE_MUL && uses[item->out] == 1 && !kept[item->out])
            place[item->out] = (int32_t)i;
        if (item->code != TAPE_ADD && item->code != TAPE_SUB)
            continue;
        int is_first = place[item->b] < 0;  /* of two products the second: it was computed last */
        int32_t product = is_first ? item->a : item->b, other = is_first ? item->b : item->a;
        if (place[product] < 0)
            continue;
        TapeStep *made = &tape->items[place[product]];
        *item = (TapeStep){step_of_product(item->code, is_first), item->out, made->a, made->b, other, item->row};
        made->code = -1;
    }
    for (Py_ssize_t i = 0; i < tape->instructions; i++)
        if (tape->items[i].code >= 0)
            tape->items[filled++] = tape->items[i];
    tape->instructions = filled;
    for (Py_ssize_t i = 1; i < filled; i++)
        read_last(&tape->items[i], tape->items[i - 1].out);
    PyMem_RawFree(uses);
    PyMem_RawFree(place);
    return 0;
}

/* Run the instructions from one on, which `filled` cells are ready for. Returns at which it stopped: one that the
 * functions of the table must compute, or the end. */
static Py_ssize_t tape_forward(const Tape *tape, Py_ssize_t i)
{
    double *cells = tape->cells, x[MOST_OPERANDS];
    const TapeStep *item = tape->items + i, *end = tape->items + tape->instructions;
    double last = i ? cells[item[-1].out] : 0.0;
#define A cells[item->a]
#define B cells[item->b]
#define C cells[item->partials]
#define LAST last
#define CASE(code, result) case code: cells[item->out] = last = (result); break;
    for (; item < end; item++) {
        double *y = cells + item->out, *local_grads = cells + item->partials;
        const TapeRow *row = tape->rows + item->row;
        switch (item->code) {
        TAPE_ARITHMETIC(CASE)
        case TAPE_DIV: {
            double b = cells[item->b], quotient = cells[item->a] / b;
            *y = last = quotient;
            if (item->partials >= 0) {
                local_grads[0] = 1.0 / b;
                local_grads[1] = -quotient / b;
            }
            break;
        }
        case TAPE_UNARY:
            row->kernel(cells + item->a, y, local_grads);
            last = *y;
            break;
        case TAPE_KERNEL:
            for (int j = 0; j < item->b; j++)
                x[j] = cells[tape->operands[item->a + j]];
            for (int j = 0; j < row->baked_count; j++)
                x[item->b + j] = row->baked[j];
            row->kernel(x, y, local_grads);
            last = *y;
            break;
        case TAPE_POWER:
            if (!compute_power(row->baked[0], cells[tape->operands[item->a]], y, local_grads))
                return item - tape->items;
            last = *y;
            break;
        case TAPE_SEQUENCE:
            for (int j = 0; j < item->b; j++)
                local_grads[j] = cells[tape->operands[item->a + j]];
            if (!compute_sequence(row->sequence, item->b, local_grads, y))
                return item - tape->items;
            last = *y;
            break;
        case TAPE_TAKE: {
            int count = item->b - 1;
            double position = cells[tape->operands[item->a + count]];
            if (!(position == floor(position) && position >= -count && position < count))
                return item - tape->items;
            int taken = (int)position + (position < 0.0 ? count : 0);
            for (int j = 0; j <= count; j++)
                local_grads[j] = j == taken ? 1.0 : 0.0;
            *y = last = cells[tape->operands[item->a + taken]];
            break;
        }
        default: return item - tape->items;
        }
    }
#undef A
#undef B
#undef C
#undef LAST
#undef CASE
    return tape->instructions;
}

/* Put the nodes below a root that lead to something wanted in order, as walk() does: returns how many there are. */
static Py_ssize_t order_below(const Tape *tape, int32_t root, int32_t *order, int32_t *stack, int64_t *next)
{
    Py_ssize_t count = 0, depth = 0;
    for (Py_ssize_t i = 0; i <= root; i++)  /* operands stand before results */
        next[i] = -1;
    if (!tape->leads[root])
        return 0;
    stack[depth++] = root;
    next[root] = tape->offsets[root];
    while (depth) {
        int32_t node = stack[depth - 1];
        if (next[node] == tape->offsets[node + 1]) {
            order[count++] = node;
            depth--;
            continue;
        }
        int32_t operand = (int32_t)tape->operands[next[node]++];
        if (next[operand] < 0 && tape->leads[operand]) {
            next[operand] = tape->offsets[operand];
            stack[depth++] = operand;
        }
    }
    return count;
}

/* Leave out the nodes to which one edge leads, of a local gradient of 1: their gradient is that of where it comes from,
 * and reached where that is. The sums stay the same, term by term. Returns how many edges are left. from: room for a number for each node. */
static Py_ssize_t shorten_edges(const Tape *tape, TapeEdge *edges, Py_ssize_t count, int64_t *from)
{
    Py_ssize_t filled = 0;
    for (Py_ssize_t i = 0; i < count; i++)
        from[edges[i].source] = from[edges[i].target] = 0;
    for (Py_ssize_t i = 0; i < count; i++)
        from[edges[i].target]++;
    for (Py_ssize_t i = 0; i < count; i++)  /* of one that passes its gradient on, and is reached once, -1 */
        if (from[edges[i].source] == 1)
            from[edges[i].source] = -1;
    for (Py_ssize_t i = 0; i < count; i++) {  /* then -2 - where its gradient is */
        TapeEdge edge = edges[i];
        if (from[edge.source] < -1)
            edge.source = (int32_t)(-2 - from[edge.source]);
        if (from[edge.target] == -1 && edge.partial == tape->nodes)
            from[edge.target] = -2 - (int64_t)edge.source;
        else
            edges[filled++] = edge;
    }
    return filled;
}

/* Where the adjoint of a node stands. */
static int32_t adjoint_of(Tape *tape, int32_t node)
{
    if (tape->adjoint_of[node] < 0)
        tape->adjoint_of[node] = (int32_t)tape->joined++;
    return tape->adjoint_of[node];
}

/* The edges from a root, in the order of the sweep, without those that nothing can reach. Returns how many there are; -1
 * without memory. next: room for a number for each node. */
static Py_ssize_t make_edges(const Tape *tape, int32_t root, TapeEdge **edges, int64_t *next)
{
    Py_ssize_t size = (Py_ssize_t)root + 1, count, room = 0, filled = 0;
    int32_t *order = PyMem_RawMalloc(2 * (size_t)size * sizeof(int32_t));
    if (order == NULL)
        return -1;
    count = order_below(tape, root, order, order + size, next);
    for (Py_ssize_t i = 0; i < count; i++) {
        room += tape->offsets[order[i] + 1] - tape->offsets[order[i]];
        next[order[i]] = 0;  /* from now on whether it may be reached */
    }
    next[root] = 1;
    *edges = PyMem_RawMalloc(((size_t)room + 1) * sizeof(TapeEdge));
    for (Py_ssize_t i = count - 1; i >= 0 && *edges != NULL; i--) {
        int32_t node = order[i];
        if (!next[node] || tape->rows[tape->row_of[node]].code == TAPE_STOP)
            continue;
        for (int64_t j = tape->offsets[node]; j < tape->offsets[node + 1]; j++) {
            int32_t target = (int32_t)tape->operands[j];
            Py_ssize_t position = j - tape->offsets[node];
            if (!tape->leads[target])
                continue;
            next[target] = 1;
            char masks = (char)tape_masks(tape, node, position);
            (*edges)[filled++] = (TapeEdge){node, target, partial_cell(tape, node, position), masks};
        }
    }
    PyMem_RawFree(order);
    return *edges == NULL ? -1 : filled;
}

static int beginning_of_sum(int32_t terms, const int32_t *items, int32_t last)
{
    if (terms > 2 || (items[0] != last && (terms == 1 || items[2] != last)))
        return terms;
    return terms == 1 ? SUM_OF_LAST : items[0] == last ? SUM_OF_LAST_AND_ONE : SUM_OF_ONE_AND_LAST;
}

/* Put the edges to each target together, in the order in which the targets become sources, and then those that do not;
 * -1 without memory. first: room for a number for each node. */
static int sum_edges(Tape *tape, int32_t root, const TapeEdge *edges, Py_ssize_t count, TapeSums *sums, int64_t *first)
{
    enum { DONE = -1, REACHED = -2 };  /* reached in any case: some term counts, whatever the numbers are */
    int64_t *following = PyMem_RawMalloc(((size_t)count + 1) * sizeof(int64_t));  /* the next edge to the same target */
    int32_t *at = sums->items = PyMem_RawMalloc((4 * (size_t)count + 1) * sizeof(int32_t)), last = -1;
    char *masks = sums->masks = PyMem_RawMalloc((size_t)count + 1);
    if (following == NULL || at == NULL || masks == NULL) {
        PyMem_RawFree(following);
        free_sums(sums);
        return -1;
    }
    for (Py_ssize_t i = 0; i < count; i++)
        first[edges[i].source] = first[edges[i].target] = DONE;
    first[root] = REACHED;
    for (Py_ssize_t i = count - 1; i >= 0; i--) {
        following[i] = first[edges[i].target];
        first[edges[i].target] = i;
    }
    for (Py_ssize_t k = 0; k < 2 * count; k++) {
        int32_t node = k < count ? edges[k].source : edges[k - count].target, *sum = at, terms = 0;
        int all_count = 1, reached = 0;
        if (first[node] < 0)
            continue;
        at += 2;
        for (int64_t i = first[node]; i >= 0; i = following[i], at += 2, terms++) {
            int counts = !edges[i].masks && first[edges[i].source] == REACHED;
            at[0] = adjoint_of(tape, edges[i].source);
            at[1] = edges[i].partial;
            masks[terms] = edges[i].masks;
            all_count &= counts;
            reached |= counts;
        }
        if (!all_count)
            masks += terms;
        first[node] = reached ? REACHED : DONE;
        sum[0] = all_count ? beginning_of_sum(terms, sum + 2, last) : SUM_OF_ONE_AND_LAST - terms;
        sum[1] = last = adjoint_of(tape, node);
    }
    sums->size = at - sums->items;
    if (masks == sums->masks) {
        PyMem_RawFree(sums->masks);
        sums->masks = NULL;
    }
    PyMem_RawFree(following);
    return 0;
}

/* The sums for the gradients of a root; -1 without memory. */
static int make_sums(Tape *tape, int32_t root, TapeSums *sums)
{
    TapeEdge *edges = NULL;
    int64_t *room = PyMem_RawMalloc(((size_t)root + 1) * sizeof(int64_t));
    Py_ssize_t count = room == NULL ? -1 : make_edges(tape, root, &edges, room);
    *sums = (TapeSums){NULL, NULL, 0};
    if (count >= 0) {
        count = shorten_edges(tape, edges, count, room);
        if (sum_edges(tape, root, edges, count, sums, room) < 0)
            count = -1;
    }
    PyMem_RawFree(edges);
    PyMem_RawFree(room);
    return count < 0 ? -1 : 0;
}

static inline int32_t terms_of_sum(int32_t beginning)
{
    if (beginning < SUM_OF_ONE_AND_LAST)
        return SUM_OF_ONE_AND_LAST - beginning;
    return beginning > 0 ? beginning : beginning == SUM_OF_LAST ? 1 : 2;
}

/* Whether a term counts: what it comes from is reached, and it is not masked. */
static inline int term_counts(double g, double local_grad, char masks)
{
    return !((g == 0.0 && signbit(g)) || (masks && local_grad == 0.0));
}

/* Compute the sums from the adjoint of the root. masks: those of the sums, or NULL. What is not reached is -0.0, as in
 * sweep.h, which no other sum is then. */
static inline void compute_sums(const TapeSums *sums, const double *cells, double *adjoints, const char *masks)
{
    const int32_t *sum = sums->items, *end = sum + sums->size, *past;
    double last = 0.0;
#define PARTIAL(i) cells[sum[3 + 2 * (i)]]
#define TERM(i) (PARTIAL(i) * adjoints[sum[2 + 2 * (i)]])
    for (; sum < end; sum = past) {
        double *y = adjoints + sum[1];
        switch (sum[0]) {
        case 1:
            last = TERM(0);
            past = sum + 4;
            break;
        case 2:
            last = TERM(0) + TERM(1);
            past = sum + 6;
            break;
        case SUM_OF_LAST:
            last = PARTIAL(0) * last;
            past = sum + 4;
            break;
        case SUM_OF_LAST_AND_ONE:
            last = PARTIAL(0) * last + TERM(1);
            past = sum + 6;
            break;
        case SUM_OF_ONE_AND_LAST:
            last = TERM(0) + PARTIAL(1) * last;
            past = sum + 6;
            break;
        default:
            past = sum + 2 + 2 * terms_of_sum(sum[0]);
            if (masks != NULL && sum[0] < 0) {
                last = -0.0;
                for (const int32_t *term = sum + 2; term < past; term += 2, masks++) {
                    double g = adjoints[term[0]], local_grad = cells[term[1]];
                    if (term_counts(g, local_grad, *masks))
                        last += local_grad * g + 0.0;
                }
                *y = last;
                continue;
            }
            last = TERM(0);
            for (const int32_t *term = sum + 4; term < past; term += 2)
                last += cells[term[1]] * adjoints[term[0]];
        }
        *y = last = masks == NULL ? last : last + 0.0;
    }
#undef PARTIAL
#undef TERM
}

static void run_sums(const TapeSums *sums, const double *cells, double *adjoints)
{
    if (sums->masks == NULL)
        compute_sums(sums, cells, adjoints, NULL);
    else
        compute_sums(sums, cells, adjoints, sums->masks);
}

/* The sums for an output, made unless they are there; -1 without memory. Where there are too many terms to be kept, the
 * caller frees them. */
static int sums_of(Tape *tape, Py_ssize_t output, TapeSums *sums)
{
    *sums = tape->sweeps[output];
    if (sums->items != NULL)
        return 0;
    if (make_sums(tape, tape->roots[output], sums) < 0)
        return -1;
    adjoint_of(tape, tape->roots[output]);
    if (tape->kept + sums->size / 2 <= TAPE_MOST_EDGES) {
        tape->sweeps[output] = *sums;
        tape->kept += sums->size / 2;
    }
    return 0;
}

/* The gradients from an output, in the adjoints of the leaves; -1 without memory. */
static int tape_backward(Tape *tape, Py_ssize_t output)
{
    double *adjoints = tape->adjoints;
    TapeSums sums;
    if (sums_of(tape, output, &sums) < 0)
        return -1;
    if (tape->outputs > 1)  /* what the output before reached */
        memset(adjoints, 0, (size_t)tape->joined * sizeof(double));
    adjoints[tape->adjoint_of[tape->roots[output]]] = 1.0;
    run_sums(&sums, tape->cells, adjoints);
    if (tape->sweeps[output].items == NULL)
        free_sums(&sums);
    return 0;
}

/* The gradient of a node after tape_backward(): 0.0 where that was not reached, or is -0.0. */
static inline double tape_gradient(const Tape *tape, int32_t node)
{
    return node < 0 || tape->adjoint_of[node] < 0 ? 0.0 : tape->adjoints[tape->adjoint_of[node]] + 0.0;
}

/* Whether all guards come out as they did. */
static int guards_hold(const Tape *tape)
{
    for (Py_ssize_t i = 0; i < tape->guard_count; i++) {
        const TapeGuard *guard = &tape->guards[i];
        double a = *guard->sides[0], b = *guard->sides[1];
        int found;
        if (guard->op < TAPE_PINNED)
            found = compared(a, b, guard->op);
        else
            found = a == b ? !signbit(a) == !signbit(b) : a != a && b != b;
        if (found != guard->outcome)
            return 0;
    }
    return 1;
}

/* What a tape takes time for. */
typedef struct {
    Py_ssize_t edges;      /* operands of all instructions */
    Py_ssize_t functions;  /* calls of functions that take longer than + - * / */
    Py_ssize_t tables;     /* those in Python */
    Py_ssize_t depth;      /* so many array statements at least would wait each for the one before */
} TapeWork;

/* How deep a node is in array statements. */
typedef struct {
    int32_t held;   /* where an array holds it */
    int32_t terms;  /* where its terms become terms of another sum, as sums of products are one statement */
    int32_t uses;
    int32_t is_product;
} TapeLevel;

static int is_plain_number(const Tape *tape, Py_ssize_t node) { return tape->rows[tape->row_of[node]].is_constant; }

/* The level of a node whose operands have theirs: see rewrite.py, which this must not exceed. */
static void find_level(const Tape *tape, int32_t node, int code, int sequence, TapeLevel *levels)
{
    TapeLevel *level = &levels[node];
    int32_t held = 0, terms = 0, plain = 0, products = 1;
    for (int64_t j = tape->offsets[node]; j < tape->offsets[node + 1]; j++) {
        const TapeLevel *operand = &levels[tape->operands[j]];
        int32_t own = operand->uses > 1 ? operand->held : operand->terms;
        held = operand->held > held ? operand->held : held;
        terms = own > terms ? own : terms;
        plain += is_plain_number(tape, tape->operands[j]);
        products &= operand->is_product && operand->uses < 2;
    }
    level->held = held + 1;
    level->terms = held + 1;
    level->is_product = 0;
    if (plain && (code == TAPE_MUL || code == TAPE_DIV)) {  /* times a number */
        level->is_product = 1;
        level->terms = products ? terms : held;
        level->held = level->terms + 1;
    } else if (code == TAPE_MUL || sequence == KERNEL_dot) {
        level->is_product = code == TAPE_MUL;
        level->terms = held;
    } else if (code == TAPE_ADD || code == TAPE_SUB || code == TAPE_NEG || sequence == KERNEL_sum
               || sequence == KERNEL_mean) {
        level->terms = terms;
        level->held = terms + 1;
    }
}

/* Whether a function is an instruction or two of the machine, so that it takes no longer than its operands do. */
static int is_short(chainrule_kernel kernel)
{
    static const chainrule_kernel found[] = {k_abs,   k_sqrt,         k_relu,    k_leaky_relu, k_step,          k_sign,
                                             k_floor, k_ceil,         k_rint,    k_minimum,    k_maximum,       k_clip,
                                             k_where, k_greater,      k_equal,   k_greater_equal};
    for (size_t i = 0; i < sizeof(found) / sizeof(found[0]); i++)
        if (kernel == found[i])
            return 1;
    return 0;
}

/* The work of a tape; -1, with MemoryError set, where there is no memory. */
static int tape_work(const Tape *tape, TapeWork *work)
{
    TapeLevel *levels = PyMem_RawCalloc((size_t)tape->nodes + 1, sizeof(TapeLevel));
    *work = (TapeWork){0, 0, 0, 0};
    if (levels == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    for (Py_ssize_t i = 0; i < tape->nodes; i++)
        levels[i].is_product = is_plain_number(tape, i);  /* so that they are passed over */
    for (Py_ssize_t i = 0; i < tape->offsets[tape->nodes]; i++)
        levels[tape->operands[i]].uses++;
    for (Py_ssize_t k = 0; k < tape->instructions; k++) {
        const TapeStep *item = &tape->items[k];
        int code = item->code, sequence = code == TAPE_SEQUENCE ? tape->rows[item->row].sequence : NO_SEQUENCE;
        find_level(tape, item->out, code, sequence, levels);
        work->depth = levels[item->out].held > work->depth ? levels[item->out].held : work->depth;
        work->edges += (Py_ssize_t)(tape->offsets[item->out + 1] - tape->offsets[item->out]);
        if (sequence == KERNEL_logsumexp || sequence == KERNEL_log_softmax)
            work->functions += item->b;  /* exponentials */
        else if (code == TAPE_UNARY || code == TAPE_KERNEL)
            work->functions += !is_short(tape->rows[item->row].kernel);
        else
            work->functions += code == TAPE_POWER;
        work->tables += code == TAPE_TABLE;
    }
    PyMem_RawFree(levels);
    return 0;
}
