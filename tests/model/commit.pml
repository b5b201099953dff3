/* A model of the commit protocol: writers, a reader, processes that are killed, and power cuts, in every order.

   Each step has the name that it has in the code: WriteLock (codec/lock.py), Snapshot.open (codec/snapshot.py),
   merge_into_segment, segment_entry and remove_unused_files (codec/committer.py), and the steps of toc.write
   (codec/toc.py). Every step of a writer may fail, and then the writer gives up, as ColumnWriter does.

   What must hold:
   - what is acknowledged is durable: the state after a power cut has every commit that has returned;
   - a reader sees one commit: all files of the table that it has read are there, and are those of that commit;
   - the lock is never held by none: its holder is alive, so that no writer waits for ever (spin reports one that does as
     an invalid end state); and whoever replaces the table holds it.

   A state that a writer tries to commit is an attempt, a number from 1; 0 is the state at the beginning. The segment of
   an attempt is named by its generation, so a name may come back after a failure. Sets of attempts are bits.

   Each of the macros NO_… and … below makes a fault, which spin must find; see check_model.py. */

#ifndef WRITERS
#define WRITERS 2
#endif
#ifndef TRIES
#define TRIES 2                    /* commits that each writer tries */
#endif
#ifndef CUTS
#define CUTS 1
#endif
#ifndef KILLS
#define KILLS 1
#endif
#ifndef READS
#define READS 1
#endif
#define ATTEMPTS (WRITERS * TRIES + 1)
#define GENERATIONS (ATTEMPTS + 1)

#define bit(attempt) (1 << (attempt))
#define has(set, attempt) (((set) >> (attempt)) & 1)

/* What an attempt is. */
byte made = 1;                     /* attempts so far */
byte generation[ATTEMPTS];
byte before[ATTEMPTS];             /* the set of the attempts that it follows, and itself */
byte files[ATTEMPTS];              /* the set of the attempts whose segments its table lists */

/* The disk, as programs see it, and as it is on the platter. */
byte table;                        /* the attempt whose table is toc.json */
byte synced_table;
byte renamed;                      /* the set of the attempts that were renamed to toc.json since the folder was synced */
byte name[GENERATIONS];            /* the attempt whose segment has the name of a generation; 0 for none */
byte synced_name[GENERATIONS];
byte segments_synced = 1;          /* the sets of the attempts whose segment, and whose table, is on the platter */
byte tables_synced = 1;

/* Processes. */
byte lock;                         /* the writer that has it; 0 for none */
bool inside[WRITERS + 1];          /* True if a writer has taken the lock, lives, and has not released it */
bool killed[WRITERS + 1];
byte epoch;                        /* the number of power cuts */
byte acknowledged = 1;             /* the set of the attempts whose commits have returned */

inline sync_folder(i) {
    d_step {
        synced_table = table; renamed = 0; i = 0;
        do
        :: i < GENERATIONS -> synced_name[i] = name[i]; i++
        :: else -> i = 0; break
        od
    }
}

/* A step of a writer is made, or it fails. */
#define try(step) if :: step :: goto failed fi

#define lock_is_held assert(lock == 0 || inside[lock])

#define needed(set) (name[i] == 0 || has(set, name[i]))

inline remove_unused_files() {
    if
    :: skip                        /* the table cannot be read: nothing is removed */
    :: used = files[table];
#ifndef NO_SYNC_BEFORE_REMOVING
       if
       :: sync_folder(i)
       :: used = 255               /* it fails: nothing is removed */
       fi;
#endif
       i = 1;
       do
       :: atomic {
              i < GENERATIONS ->
              do
              :: i < GENERATIONS && needed(used) -> i++
              :: else -> break
              od;
              if
              :: i < GENERATIONS -> name[i] = 0; i++    /* unlink */
              :: i < GENERATIONS -> i++                 /* it fails, and the next writer tries again */
              :: else
              fi
          }
       :: i >= GENERATIONS -> break
       od;
       i = 0
    fi
}

inline release() {
    d_step { inside[me] = false; if :: lock == me -> lock = 0 :: else fi }
}

proctype Writer(byte me) {
    byte tries, base, attempt, used, i, mine;
    do
    :: tries < TRIES ->
       d_step { tries++; mine = epoch; killed[me] = false }
       {
#ifdef SNAPSHOT_BEFORE_LOCK
           base = table;
#endif
           atomic {                /* WriteLock */
#ifndef NO_LOCK
               lock == 0;
#endif
               lock = me; inside[me] = true
           }
#ifndef SNAPSHOT_BEFORE_LOCK
           base = table;           /* Snapshot.open */
#endif
           remove_unused_files();
           atomic {
               attempt = made; made++;
               generation[attempt] = generation[base] + 1;
               before[attempt] = before[base] | bit(attempt);
               if
               :: files[attempt] = files[base] | bit(attempt)
               :: files[attempt] = bit(attempt)            /* it merges all others */
               fi
           }
           try(name[generation[attempt]] = attempt);       /* merge_into_segment */
#ifndef NO_SYNC_OF_SEGMENT
           try(segments_synced = segments_synced | bit(attempt));    /* segment_entry: sync(path) */
#endif
#ifdef REMOVE_BEFORE_REPLACING
           i = 1;
           do
           :: i < GENERATIONS -> if :: !needed(files[attempt]) -> name[i] = 0 :: else fi; i++
           :: else -> i = 0; break
           od;
#endif
#ifndef NO_SYNC_OF_TABLE
           try(tables_synced = tables_synced | bit(attempt));        /* toc.write: sync(temporary) */
#endif
#ifndef NO_SYNC_OF_NAMES
           try(sync_folder(i));                            /* sync(folder) */
#endif
           if
           :: d_step {                                     /* temporary.replace(path) */
                  assert(lock == me && table == base);
                  table = attempt; renamed = renamed | bit(attempt)
              }
           :: d_step { table = attempt; renamed = renamed | bit(attempt) };
              goto failed                                  /* it is made, and fails nevertheless */
           :: goto failed
           fi;
#ifndef NO_SYNC_OF_RENAME
           try(sync_folder(i));                            /* sync(folder) */
#endif
           remove_unused_files();
           release();
           acknowledged = acknowledged | bit(attempt);     /* the commit returns */
           goto next;
failed:    remove_unused_files();                          /* ColumnWriter.cancel */
           release()
       } unless { killed[me] || epoch != mine };
next:  skip
    :: else -> break
    od
}

proctype Reader() {
    byte seen, file, least, mine;
    byte times;
    do
    :: times < READS ->
       times++;
again: mine = epoch;
       {
           least = acknowledged;
           seen = table;           /* toc.read */
           file = 1;
           do
           :: atomic {
                  file < ATTEMPTS ->
                  do
                  :: file < ATTEMPTS && !has(files[seen], file) -> file++
                  :: else -> break
                  od;
                  if               /* Segment(...) */
                  :: file < ATTEMPTS && name[generation[file]] != file -> goto missing
                  :: else -> file++
                  fi
              }
           :: file >= ATTEMPTS -> break
           od;
           assert((least & ~before[seen]) == 0);
           goto done;
missing:
#ifndef NO_SECOND_READ
           assert(table != seen);  /* toc.read again: a later commit has removed the file */
#else
           assert(false);
#endif
           goto again;
done:      skip
       } unless { epoch != mine }
    :: else -> break
    od
}

proctype Killer() {
    byte kills, who;
    do
    :: kills < KILLS ->
       atomic {
           kills++;
           who = 1;
           do
           :: who < WRITERS -> who++
           :: break
           od;
           if
           :: inside[who] ->
              killed[who] = true; inside[who] = false;
#ifndef LOCK_OUTLIVES_HOLDER
              if :: lock == who -> lock = 0 :: else fi;    /* the system unlocks the file */
#endif
              lock_is_held
           :: else
           fi
       }
    :: break
    od
}

proctype Power() {
    byte cuts, i, found;
    do
    :: cuts < CUTS ->
       atomic {
           cuts++;
           found = synced_table;
           i = 0;
           do                      /* any of the renames since the last sync may be the last that survives */
           :: i < ATTEMPTS && has(renamed, i) -> if :: found = i :: skip fi; i++
           :: i < ATTEMPTS && !has(renamed, i) -> i++
           :: i >= ATTEMPTS -> break
           od;
           table = found; synced_table = found; renamed = 0;
           i = 0;
           do                      /* each name may be as it was, as it is, or gone in between */
           :: i < GENERATIONS && name[i] != synced_name[i] ->
              if :: name[i] = synced_name[i] :: name[i] = 0 :: skip fi;
              synced_name[i] = name[i];
              i++
           :: i < GENERATIONS && name[i] == synced_name[i] -> i++
           :: i >= GENERATIONS -> break
           od;
           assert(has(tables_synced, table));
           assert((acknowledged & ~before[table]) == 0);
           i = 1;
           do
           :: i < ATTEMPTS ->
              if
              :: has(files[table], i) -> assert(name[generation[i]] == i && has(segments_synced, i))
              :: else
              fi;
              i++
           :: else -> break
           od;
           i = 0; found = 0;
           lock = 0;
           do
           :: i <= WRITERS -> inside[i] = false; i++
           :: else -> i = 0; break
           od;
           lock_is_held;
           epoch++
       }
    :: break
    od
}

init {
    byte i;
    atomic {
        before[0] = 1; files[0] = 0;
        i = 1;
        do
        :: i <= WRITERS -> run Writer(i); i++
        :: else -> i = 0; break
        od;
        run Reader();
        run Killer();
        run Power()
    }
}
