-- Pull and merge requests of Apache DevLake for ip3dp. Tested with the tables of v1.0.1 to v1.0.3.
--
-- Only repositories of a project count. The first review is the first one, or the first comment
-- on a line, by another account than the author's; DevLake does not tell people from bots.
SELECT
  r.url AS repository,
  pr.pull_request_key AS id,
  pr.url AS url,
  pr.title AS title,
  COALESCE(NULLIF(a.user_name, ''), pr.author_name) AS author,
  (
    SELECT GROUP_CONCAT(l.label_name ORDER BY l.label_name SEPARATOR ';') FROM pull_request_labels l WHERE l.pull_request_id = pr.id
  ) AS labels,
  pr.base_ref AS branch,
  pr.head_ref AS head_branch,
  h.url AS head_repository,
  pr.is_draft AS draft,
  (SELECT MIN(c.commit_authored_date) FROM pull_request_commits c WHERE c.pull_request_id = pr.id) AS first_commit,
  pr.created_date AS opened,
  (
    SELECT MIN(c.created_date) FROM pull_request_comments c
    WHERE c.pull_request_id = pr.id AND c.type IN ('REVIEW', 'DIFF') AND c.account_id <> pr.author_id
  ) AS first_review,
  pr.merged_date AS merged,
  pr.closed_date AS closed,
  pr.merge_commit_sha AS merge_commit,
  pr.head_commit_sha AS head,
  (
    SELECT GROUP_CONCAT(c.commit_sha ORDER BY c.commit_authored_date, c.commit_sha SEPARATOR ';') FROM pull_request_commits c
    WHERE c.pull_request_id = pr.id
  ) AS commits,
  pr.description AS body
FROM pull_requests pr
JOIN repos r ON r.id = pr.base_repo_id
LEFT JOIN repos h ON h.id = pr.head_repo_id
LEFT JOIN accounts a ON a.id = pr.author_id
WHERE EXISTS (SELECT 1 FROM project_mapping pm WHERE pm.table = 'repos' AND pm.row_id = r.id)
