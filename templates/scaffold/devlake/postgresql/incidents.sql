-- Incidents of Apache DevLake for ip3dp. Tested with the tables of v1.0.1 to v1.0.3.
--
-- An incident belongs to the repository of its project, or to the service of the project's name
-- if the project has several repositories. DevLake's table
-- project_incident_deployment_relationships is not read: it takes the last deployment before an
-- incident for its cause, while ip3dp has rules of its own for incidents without evidence.
SELECT
  i.id AS id,
  i.url AS url,
  i.title AS title,
  i.description AS body,
  (
    SELECT MIN(r.url) FROM project_mapping board
    JOIN project_mapping pm ON pm.project_name = board.project_name AND pm.table = 'repos'
    JOIN repos r ON r.id = pm.row_id
    WHERE board.table = i.table AND board.row_id = i.scope_id
    HAVING COUNT(DISTINCT r.id) = 1
  ) AS repository,
  (
    SELECT MIN(board.project_name) FROM project_mapping board
    LEFT JOIN project_mapping pm ON pm.project_name = board.project_name AND pm.table = 'repos'
    WHERE board.table = i.table AND board.row_id = i.scope_id
    HAVING COUNT(DISTINCT pm.row_id) <> 1
  ) AS service,
  COALESCE(NULLIF(i.severity, ''), i.priority) AS severity,
  i.created_date AS opened,
  i.resolution_date AS resolved,
  i.updated_date AS updated
FROM incidents i
WHERE EXISTS (SELECT 1 FROM project_mapping pm WHERE pm.table = i.table AND pm.row_id = i.scope_id)
