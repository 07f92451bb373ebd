/* The memory of nodes: slabs of 64 KB, cut into places for 682 nodes; or for 584 with a header of the cycle collector
 * before each, for the nodes that it may come to know (see collector.h).
 *
 * A slab from which every node has gone is as new: its places are handed out in order of address again. With one list
 * of free places for all, they come back in the order in which graphs are freed, which differs a little from that in
 * which they are built; from one training step to the next neighbours drift apart, and after some dozens the processor
 * waits for memory on every node (measured on the two-moons step: 8.0 ms instead of 5.7).
 *
 * A place has PLACE_BYTES, and HEADER bytes before it where it is headed: both are told by node.h.
 */
#pragma once

enum {
    SLAB_BYTES = 65536,  /* slabs lie at multiples of it: so a node's slab is found by its address */
    REGION_SLABS = 16,   /* slabs that are taken from the system together, and given back together */
    MOST_EMPTY = 128     /* empty slabs that are kept in any case, 8 MB */
};

/* The lists of slabs, and the state of one in none of them: full, or a current one. */
enum { FULL, EMPTY, PARTLY, PARTLY_HEADED, SLAB_LISTS };

typedef struct Place { struct Place *next; } Place;  /* a free one */

typedef struct Region {
    void *memory;
    int empty;  /* how many of its slabs are empty */
    struct Region *next;
} Region;

typedef struct Slab {  /* at its beginning; then the places */
    Region *region;
    struct Slab *previous, *next;  /* in its list */
    Place *returned;
    char *fresh;  /* from here to the end no place was used since the slab was empty */
    int used;
    short state;
    short headed;  /* which kind of places it is cut into, 0 or 1 */
} Slab;

static PyObjectArenaAllocator arenas;  /* as Python's own allocator gets memory: mmap, where malloc may not give back */
static Region *regions = NULL;
static Slab *current_slab[2] = {NULL, NULL};  /* where plain and headed nodes are made */
static Slab *slab_lists[SLAB_LISTS];
static int empty_slabs = 0;
static Py_ssize_t outside_slabs = 0;


static char *first_slab(Region *region)
{
    return (char *)(((size_t)region->memory + SLAB_BYTES - 1) & ~(size_t)(SLAB_BYTES - 1));
}

static void enlist(Slab *slab, int state)
{
    slab->state = (short)state;
    slab->previous = NULL;
    slab->next = slab_lists[state];
    if (slab->next != NULL)
        slab->next->previous = slab;
    slab_lists[state] = slab;
}

static void delist(Slab *slab)
{
    if (slab->next != NULL)
        slab->next->previous = slab->previous;
    if (slab->previous != NULL)
        slab->previous->next = slab->next;
    else
        slab_lists[slab->state] = slab->next;
    slab->state = FULL;
}

static void free_region(Region *region)
{
    Region **link = &regions;
    for (int i = 0; i < REGION_SLABS; i++)
        delist((Slab *)(first_slab(region) + (size_t)i * SLAB_BYTES));
    empty_slabs -= REGION_SLABS;
    while (*link != region)
        link = &(*link)->next;
    *link = region->next;
    arenas.free(arenas.ctx, region->memory, (REGION_SLABS + 1) * SLAB_BYTES);
    PyMem_RawFree(region);
}

/* Make a slab as new; and with too many of them give back its region if that is all empty. */
static void now_empty(Slab *slab)
{
    slab->returned = NULL;
    slab->fresh = (char *)slab + sizeof(Slab);
    if (slab == current_slab[0] || slab == current_slab[1])
        return;
    if (slab->state != FULL)
        delist(slab);
    enlist(slab, EMPTY);
    empty_slabs++;
    slab->region->empty++;
    if (slab->region->empty == REGION_SLABS && empty_slabs > MOST_EMPTY + REGION_SLABS)
        free_region(slab->region);
}

/* Sixteen more empty slabs; 0 where there is no memory. */
static int new_region(void)
{
    Region *region = PyMem_RawMalloc(sizeof(Region));
    if (region == NULL)
        return 0;
    if (arenas.alloc == NULL)
        PyObject_GetArenaAllocator(&arenas);
    region->memory = arenas.alloc(arenas.ctx, (REGION_SLABS + 1) * SLAB_BYTES);
    if (region->memory == NULL) {
        PyMem_RawFree(region);
        return 0;
    }
    region->empty = 0;
    region->next = regions;
    regions = region;
    for (int i = REGION_SLABS - 1; i >= 0; i--) {  /* the first one is taken first */
        Slab *slab = (Slab *)(first_slab(region) + (size_t)i * SLAB_BYTES);
        slab->region = region;
        slab->state = FULL;
        slab->headed = 0;
        slab->used = 0;
        now_empty(slab);
    }
    return 1;
}

/* Another slab to make nodes in; NULL where there is no memory. */
static Slab *next_slab(int headed)
{
    int state = slab_lists[PARTLY + headed] != NULL ? PARTLY + headed : EMPTY;
    if (slab_lists[state] == NULL && !new_region())
        return NULL;
    Slab *slab = slab_lists[state];
    if (state == EMPTY) {
        empty_slabs--;
        slab->region->empty--;
        slab->headed = (short)headed;
    }
    delist(slab);
    return current_slab[headed] = slab;
}

/* Memory for a node, with a cleared header before it if it is to be headed, 0 or 1; NULL where there is none. */
static inline void *take_place(int headed)
{
    size_t header = headed ? HEADER : 0;
    char *place;
    if (!CHAINRULE_SLABS) {
        place = PyObject_Malloc(header + PLACE_BYTES);
        if (place == NULL)
            return NULL;
        outside_slabs++;
        place += header;
    } else {
        Slab *slab = current_slab[headed];
        if (slab == NULL || (slab->returned == NULL && slab->fresh == NULL)) {
            slab = next_slab(headed);
            if (slab == NULL)
                return NULL;
        }
        slab->used++;
        place = (char *)slab->returned;
        if (place != NULL) {
            slab->returned = slab->returned->next;
        } else {
            place = slab->fresh + header;
            slab->fresh = place + PLACE_BYTES;
            if (slab->fresh + header + PLACE_BYTES > (char *)slab + SLAB_BYTES)
                slab->fresh = NULL;
        }
    }
    if (headed)
        memset(place - header, 0, header);
    return place;
}

/* Take the memory of a node back. */
static inline void give_place(void *place, int headed)
{
    if (!CHAINRULE_SLABS) {
        outside_slabs--;
        PyObject_Free((char *)place - (headed ? HEADER : 0));
        return;
    }
    Slab *slab = (Slab *)((size_t)place & ~(size_t)(SLAB_BYTES - 1));
    ((Place *)place)->next = slab->returned;
    slab->returned = place;
    slab->used--;
    if (slab->used == 0)
        now_empty(slab);
    else if (slab == current_slab[0] || slab == current_slab[1])
        return;
    else if (slab->state == FULL)
        enlist(slab, PARTLY + slab->headed);
}

/* How many places are in use. */
static Py_ssize_t places_in_use(void)
{
    Py_ssize_t total = outside_slabs;
    for (Region *region = regions; region != NULL; region = region->next)
        for (int i = 0; i < REGION_SLABS; i++)
            total += ((Slab *)(first_slab(region) + (size_t)i * SLAB_BYTES))->used;
    return total;
}
