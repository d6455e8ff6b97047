-- Deployments of Apache DevLake for ip3dp. Tested with the tables of v1.0.1 to v1.0.3.
--
-- As in DevLake's dashboards, only scopes of a project count. Deployments that DevLake counts
-- neither as a success nor as a failure, such as skipped ones, are left out. The commits are
-- those that DevLake found since the deployment before.
SELECT
  COALESCE(NULLIF(r.url, ''), dc.repo_url) AS repository,
  COALESCE(NULLIF(dc.cicd_deployment_id, ''), dc.id) AS id,
  COALESCE(NULLIF(LOWER(dc.environment), ''), NULLIF(dc.original_environment, ''), 'unknown') AS environment,
  dc.commit_sha AS sha,
  dc.ref_name AS ref,
  dc.created_date AS created,
  dc.started_date AS started,
  dc.finished_date AS finished,
  CASE
    WHEN dc.result = 'SUCCESS' THEN 'success'
    WHEN dc.result = 'FAILURE' THEN 'failure'
    ELSE 'pending'
  END AS status,
  dc.url AS url,
  (
    SELECT string_agg(d.commit_sha, ';' ORDER BY d.commit_sha)
    FROM cicd_deployment_commits prev
    JOIN commits_diffs d ON d.new_commit_sha = dc.commit_sha AND d.old_commit_sha = prev.commit_sha
    WHERE prev.id = dc.prev_success_deployment_commit_id AND prev.repo_url = dc.repo_url
  ) AS commits
FROM cicd_deployment_commits dc
LEFT JOIN repos r ON r.id = dc.repo_id
WHERE (dc.result IN ('SUCCESS', 'FAILURE') OR dc.status IN ('TODO', 'IN_PROGRESS'))
  AND EXISTS (SELECT 1 FROM project_mapping pm WHERE pm.table = 'cicd_scopes' AND pm.row_id = dc.cicd_scope_id)
