# The memory of nodes of the class Value: slabs of 64 KB, cut into places for 682 nodes; or for 584 with a header of
# the cycle collector before each, for the nodes that it may come to know (see _value_collecting.pxi).
#
# A slab from which every node has gone is as new: its places are handed out in order of address again. With one list
# of free places for all, they come back in the order in which graphs are freed, which differs a little from that in
# which they are built; from one training step to the next neighbours drift apart, and after some dozens the processor
# waits for memory on every node (measured on the two-moons step: 8.0 ms instead of 5.7).

cdef enum:
    SLAB_BYTES = 65536       # slabs lie at multiples of it: so a node's slab is found by its address
    REGION_SLABS = 16        # slabs that are taken from the system together, and given back together
    MOST_EMPTY = 128         # empty slabs that are kept in any case, 8 MB

cdef enum:                   # what a slab is
    FULL                     # or a current one
    EMPTY
    PARTLY                   # with places for plain nodes
    PARTLY_HEADED            # with places for nodes that have a header

cdef struct Region:
    void* memory
    int empty                # how many of its slabs are empty
    Region* next

cdef struct Slab:            # at its beginning; then the places
    Region* region
    Slab* previous           # in one of the lists of partly used slabs, or that of empty ones
    Slab* next
    Fields* returned         # free places, linked by their left
    char* fresh              # from here to the end no place was used since the slab was empty
    int used
    short state
    short headed             # which kind of places it is cut into, 0 or 1

cdef PyObjectArenaAllocator arenas  # as Python's own allocator gets its memory: mmap, where malloc may not give it back
PyObject_GetArenaAllocator(&arenas)

cdef Region* regions = NULL
cdef Slab* current = NULL    # where plain nodes are made
cdef Slab* current_headed = NULL  # where nodes with a header are made
cdef Slab* slabs[4]          # the lists of partly used and of empty slabs, by state
cdef int empty_slabs = 0
cdef Py_ssize_t outside_slabs = 0


cdef inline Fields* take_place() noexcept:
    """Memory for a plain node; NULL where there is none."""
    global outside_slabs
    cdef Fields* place
    cdef Slab* slab = current
    if not CHAINRULE_SLABS:
        outside_slabs += 1
        return <Fields*>PyObject_Malloc(sizeof(Fields))
    if slab == NULL or (slab.returned == NULL and slab.fresh == NULL):
        slab = next_slab(PLAIN)
        if slab == NULL:
            return NULL
    slab.used += 1
    place = slab.returned
    if place != NULL:
        slab.returned = place.left
        return place
    place = <Fields*>slab.fresh
    slab.fresh += sizeof(Fields)
    if slab.fresh + sizeof(Fields) > <char*>slab + SLAB_BYTES:
        slab.fresh = NULL
    return place


cdef Fields* take_headed_place() noexcept:
    """Memory for a node with a header before it, which is cleared; NULL where there is none."""
    global outside_slabs
    cdef char* header
    cdef Slab* slab = current_headed
    if not CHAINRULE_SLABS:
        outside_slabs += 1
        header = <char*>PyObject_Malloc(HEADER + sizeof(Fields))
        if header == NULL:
            return NULL
    else:
        if slab == NULL or (slab.returned == NULL and slab.fresh == NULL):
            slab = next_slab(HEADED)
            if slab == NULL:
                return NULL
        slab.used += 1
        if slab.returned != NULL:
            header = <char*>slab.returned - HEADER
            slab.returned = slab.returned.left
        else:
            header = slab.fresh
            slab.fresh += HEADER + sizeof(Fields)
            if slab.fresh + HEADER + sizeof(Fields) > <char*>slab + SLAB_BYTES:
                slab.fresh = NULL
    memset(header, 0, HEADER)
    return <Fields*>(header + HEADER)


cdef inline void give_place(Fields* place) noexcept:
    """Take the memory of a node back."""
    global outside_slabs
    if not CHAINRULE_SLABS:
        outside_slabs -= 1
        PyObject_Free(<char*>place - (HEADER if place.headed else 0))
        return
    cdef Slab* slab = <Slab*>(<size_t>place & ~<size_t>(SLAB_BYTES - 1))
    place.left = slab.returned
    slab.returned = place
    slab.used -= 1
    if slab.used == 0:
        now_empty(slab)
    elif slab == current or slab == current_headed:
        return
    elif slab.state == FULL:
        enlist(slab, PARTLY + slab.headed)


cdef Slab* next_slab(int headed) noexcept:
    """Another slab to make nodes in; NULL where there is no memory."""
    global current, current_headed, empty_slabs
    cdef int state = PARTLY + headed if slabs[PARTLY + headed] != NULL else EMPTY
    if slabs[state] == NULL and not new_region():
        return NULL
    cdef Slab* slab = slabs[state]
    if state == EMPTY:
        empty_slabs -= 1
        slab.region.empty -= 1
        slab.headed = <short>headed
    delist(slab)
    if headed:
        current_headed = slab
    else:
        current = slab
    return slab


cdef bint new_region() noexcept:
    """Sixteen more empty slabs; 0 where there is no memory."""
    global regions, empty_slabs
    cdef size_t start
    cdef int i
    cdef Slab* slab
    cdef Region* region = <Region*>PyMem_RawMalloc(sizeof(Region))
    if region == NULL:
        return False
    region.memory = arenas.alloc(arenas.ctx, (REGION_SLABS + 1) * SLAB_BYTES)
    if region.memory == NULL:
        PyMem_RawFree(region)
        return False
    region.empty = 0
    region.next = regions
    regions = region
    start = (<size_t>region.memory + SLAB_BYTES - 1) & ~<size_t>(SLAB_BYTES - 1)
    for i in range(REGION_SLABS - 1, -1, -1):  # the first one is taken first
        slab = <Slab*>(start + i * SLAB_BYTES)
        slab.region = region
        slab.state = FULL
        slab.headed = 0
        slab.used = 0
        now_empty(slab)
    return True


cdef void now_empty(Slab* slab) noexcept:
    """Make a slab as new; and with too many of them give back its region if that is all empty."""
    global empty_slabs
    slab.returned = NULL
    slab.fresh = <char*>slab + sizeof(Slab)
    if slab == current or slab == current_headed:
        return
    if slab.state != FULL:
        delist(slab)
    enlist(slab, EMPTY)
    empty_slabs += 1
    slab.region.empty += 1
    if slab.region.empty == REGION_SLABS and empty_slabs > MOST_EMPTY + REGION_SLABS:
        free_region(slab.region)


cdef void free_region(Region* region) noexcept:
    global empty_slabs
    cdef Region** place = &regions
    cdef size_t start = (<size_t>region.memory + SLAB_BYTES - 1) & ~<size_t>(SLAB_BYTES - 1)
    cdef int i
    for i in range(REGION_SLABS):
        delist(<Slab*>(start + i * SLAB_BYTES))
    empty_slabs -= REGION_SLABS
    while place[0] != region:
        place = &place[0].next
    place[0] = region.next
    arenas.free(arenas.ctx, region.memory, (REGION_SLABS + 1) * SLAB_BYTES)
    PyMem_RawFree(region)


cdef void enlist(Slab* slab, int state) noexcept:
    slab.state = <short>state
    slab.previous = NULL
    slab.next = slabs[state]
    if slab.next != NULL:
        slab.next.previous = slab
    slabs[state] = slab


cdef void delist(Slab* slab) noexcept:
    if slab.next != NULL:
        slab.next.previous = slab.previous
    if slab.previous != NULL:
        slab.previous.next = slab.next
    else:
        slabs[slab.state] = slab.next
    slab.state = FULL


def nodes_in_use():
    """How many nodes of the class Value there are, in all graphs together."""
    cdef Region* region = regions
    cdef size_t start
    cdef Py_ssize_t total = outside_slabs
    cdef int i
    while region != NULL:
        start = (<size_t>region.memory + SLAB_BYTES - 1) & ~<size_t>(SLAB_BYTES - 1)
        for i in range(REGION_SLABS):
            total += (<Slab*>(start + i * SLAB_BYTES)).used
        region = region.next
    return total
