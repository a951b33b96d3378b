// $NQueue is a $n queue with two ends.
type $NQueue[A any] struct {
	Front, Back []A
	Size        int64
}

// $NJob is a job of the $n queue.
type $NJob struct {
	Entry kernel.Entry
	Tries int64
}

func $nPut[A any](queue $NQueue[A], item A) $NQueue[A] {
	queue.Back = append(queue.Back, item)
	queue.Size++
	return queue
}

func $nTake[A any](queue $NQueue[A]) (item A, rest $NQueue[A], ok bool) {
	if len(queue.Front) == 0 {
		queue.Front, queue.Back = queue.Back, nil
	}
	if len(queue.Front) == 0 {
		return item, queue, false
	}
	item = queue.Front[0]
	queue.Front = queue.Front[1:]
	queue.Size--
	return item, queue, true
}

func $nTried(job $NJob) kernel.Outcome[int64] {
	if job.Entry.Weight%$1 == 0 && job.Tries < 2 {
		return kernel.Retry[int64]{After: $2}
	} else if strings.Contains(job.Entry.Key, "$v") {
		return kernel.Failed[int64]{Reason: job.Entry.Key}
	}
	return kernel.Done[int64]{Value: job.Entry.Weight}
}

func $nWork(queue $NQueue[$NJob]) int64 {
	done := int64(0)
	for {
		job, rest, ok := $nTake(queue)
		if !ok {
			return done
		}
		queue = rest
		switch it := $nTried(job).(type) {
		case kernel.Done[int64]:
			done += it.Value
		case kernel.Retry[int64]:
			job.Tries++
			queue = $nPut(queue, job)
			done += it.After
		case kernel.Failed[int64]:
			if it.Reason == "$w" {
				done++
			} else {
				done += $3
			}
		}
	}
}

func $nJobs(seed int64) $NQueue[$NJob] {
	return kernel.Fold(kernel.Rolls(seed, $4), $NQueue[$NJob]{}, func(queue $NQueue[$NJob], roll int64) $NQueue[$NJob] {
		return $nPut(queue, $NJob{Entry: kernel.EntryOf("$w", roll)})
	})
}

func $nTags(jobs []$NJob) []string {
	seen, tags := map[string]bool{}, []string{}
	for _, job := range jobs {
		for _, tag := range job.Entry.Tags {
			if !seen[tag] {
				seen[tag] = true
				tags = append(tags, tag)
			}
		}
	}
	return tags
}

func check$N(seed int64) int64 {
	jobs := $nJobs(seed)
	tags := kernel.CountWhere($nTags(jobs.Back), func(tag string) bool { return tag != "$w" })
	return $nWork(jobs) + tags + kernel.Heaviest(kernel.Map(jobs.Back, func(job $NJob) kernel.Entry { return job.Entry }))
}
